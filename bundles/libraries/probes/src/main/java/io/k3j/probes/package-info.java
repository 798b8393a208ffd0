/// Startup, liveness and readiness probes, and the handlers that probes and lifecycle hooks share; upstream's
/// `prober`.
///
/// **Promise.** [Probes] probes the containers of one pod as their object says and remembers what it found; a
/// container found running counts as the API was told of it until a probe says otherwise. [HandlerRunner] carries out
/// one handler, of a probe or of a hook. [ProbeMetrics] counts what probes found.
///
/// **Threads.** One virtual thread per probe, ended by [Probes#stop]; [Probes] itself is for its pod's thread.
/// **Blocking.** Only [HandlerRunner#run] and [HandlerRunner#hook], for their timeout at most. **Errors.** None is
/// thrown: what went wrong is a text for people. **Bounds.** 10 KiB of output, 8 KiB of a head's line, 256 KiB of a
/// head. See <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-probes>.
@NullMarked
package io.k3j.probes;

import org.jspecify.annotations.NullMarked;

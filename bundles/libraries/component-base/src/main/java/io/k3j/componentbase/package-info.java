/// What every component needs to run as a part of the process, as in upstream's `component-base`: work that begins
/// again when it has ended by an exception ([io.k3j.componentbase.SupervisedLoop]), the end of threads in a stop
/// ([io.k3j.componentbase.Termination]), limits of waits that many threads have at once
/// ([io.k3j.componentbase.Deadlines]), a port for health and metrics ([io.k3j.componentbase.HttpPort]), and files
/// that operators write ([io.k3j.componentbase.ConfigurationFile]), taken up live
/// ([io.k3j.componentbase.ConfigurationReload]) or refused at the start ([io.k3j.componentbase.ServerStart]). Calls
/// of plug-ins that would end the process lead to [io.k3j.componentbase.ProcessExit], and who sees a bundle fail
/// tells so by [io.k3j.componentbase.FaultyBundle]. What other bundles contribute is in
/// [io.k3j.componentbase.BoundServices], their figures in [io.k3j.componentbase.BoundMetrics]; who may not come back
/// is asked by [io.k3j.componentbase.LimitedCalls], or where it is the kernel by
/// [io.k3j.componentbase.KernelCalls], and who registers what plug-ins wait for does so under an
/// [io.k3j.componentbase.ActivationWatch]. Threads that wait for what others do are woken by a
/// [io.k3j.componentbase.Signal]. Feature gates are read from a component's arguments by
/// [io.k3j.componentbase.FeatureGates].
///
/// **Threads.** One for each loop, and for each call of another bundle. **Blocking.** Only waiting for a loop's end, at
/// a signal or for such a call, within a limit.
/// **Errors.** None is thrown by what runs in a loop: it becomes a health report, which names the kind, and a line of
/// the log, which has the rest.
@Export
@Version("1.7.0")
@NullMarked
package io.k3j.componentbase;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

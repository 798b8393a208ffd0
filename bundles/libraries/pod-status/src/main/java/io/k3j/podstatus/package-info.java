/// What the kubelet tells of a pod, as upstream's `pkg/kubelet/status`: [PodStatus] computes it from the runtime and
/// what a worker knows beside it, [TerminationMessages] reads the last words of containers, [StatusWriter] writes it
/// to the API, where [MirrorClient] makes what static pods have in place of an object.
///
/// **Threads.** Computing takes the caller's and is pure; a status is written by a virtual thread of its pod, one
/// write at a time. **Blocking.** [MirrorClient], [StatusWriter#write], [StatusWriter#adopted] and
/// [StatusWriter#delete] for the API, [TerminationMessages] for files. **Errors.** An [io.k3j.clientapi.ApiFault] of a
/// write that is waited for; others are logged and tried again.
@NullMarked
package io.k3j.podstatus;

import org.jspecify.annotations.NullMarked;

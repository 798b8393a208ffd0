/// The Node object of this machine; upstream's `nodestatus` and `nodelease`.
///
/// **Promise.** [NodeLoop] registers the node, gives it its role, renews its Lease every 10 s and writes its status
/// at once when it changes, else every five minutes, and tells by Events what becomes of the node. [NodeObject] is how
/// K3s' Node looks; [MachineInfo] is what the machine has; [OomWatcher] tells when it has no memory left.
///
/// **Threads.** [NodeLoop#run] and [OomWatcher#run] take one and block it until the kubelet stops; [MachineInfo] may be
/// asked on any.
/// **Errors.** None is thrown: what the API refuses is logged once and tried again, every 200 ms while the node is
/// not ready. See <https://kubernetes.io/docs/concepts/architecture/nodes/#node-heartbeats>.
@NullMarked
package io.k3j.nodestatus;

import org.jspecify.annotations.NullMarked;

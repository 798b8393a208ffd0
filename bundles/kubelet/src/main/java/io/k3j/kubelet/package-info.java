/// Pods on this node, from the object to the running container and back to its status.
///
/// **Story.** [Kubelet] is the door. `NodeLoop` registers the node, renews its lease and tells how it is.
/// `PodWorkers` holds one `PodWorker`, one virtual thread, per pod; whatever concerns a pod (a new version, an
/// event of the runtime, the result of a probe, the passing of time) wakes its worker, which takes one
/// `PodStep`: read what is there (`PodRuntime`), decide purely (`PodPlan`), act (`PodActions`), tell
/// (`PodStatus`). Nothing of a pod lives only in memory: containers carry labels and annotations, so the next
/// kubelet goes on where this one ended.
///
/// | reads | sole writer of |
/// |---|---|
/// | Pods of this node, Services, ConfigMaps, Secrets, PVCs, PVs | Pod status fields of the kubelet, this Node and its Lease |
/// | CRI | `/var/lib/kubelet`, `/var/log/pods`, `/var/log/containers`, the `kubepods` cgroups |
@NullMarked
package io.k3j.kubelet;

import org.jspecify.annotations.NullMarked;

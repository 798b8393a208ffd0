/// What a kubelet is told, as upstream's `cmd/kubelet/app/options`: [KubeletSettings] are K3s' flags, [KubeletOptions]
/// what they and `--kubelet-arg` come to; [NodeOptions], [NodeAllocatable], [CgroupOptions] and [OomScore] are what the
/// Node, pods, control groups and this process are told of it; [IntervalOptions], [RateOptions], [ServedOptions],
/// [ImageOptions] and [UserNamespaceOptions] are what other parts of a kubelet are told, [HostChecks] what a machine
/// must not have. [StaticManifests] are the pods that files tell of.
///
/// **Threads.** Any: nothing changes once it is made. **Blocking.** Files of `/proc`, of control groups and of static
/// pods; those of images and of user namespaces while their parts are made, and there a program, too.
/// **Errors.** A wrong argument is an `IllegalArgumentException` that names it, with upstream's sentence where there is
/// one.
@NullMarked
package io.k3j.kubeletoptions;

import org.jspecify.annotations.NullMarked;

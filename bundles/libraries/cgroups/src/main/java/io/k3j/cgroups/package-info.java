/// The cgroups of pods: `kubepods`, the QoS classes below it, one group per pod below them.
///
/// **Promise.** [Cgroups] gives a pod as a whole the limits its object says and each class the weight of its pods,
/// however the node keeps cgroups: [CgroupDriver] writes the kernel's files, or has systemd make slices.
/// [ContainerResources] is the arithmetic: QoS class, shares, quota, score, sums.
///
/// **Threads.** Any. **Blocking.** Until the kernel's files are written or systemd has answered, 25 s at most a call.
/// **Errors.** An `IOException` that says what to do, where a pod would run without its limits; what is left over (a
/// group with processes) is logged and stays for another time. See
/// <https://kubernetes.io/docs/concepts/architecture/cgroups/>.
@NullMarked
package io.k3j.cgroups;

import org.jspecify.annotations.NullMarked;

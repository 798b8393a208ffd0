/// CPUs that containers have for themselves, as upstream's `pkg/kubelet/cm/cpumanager` with its policy `static`
/// ([io.k3j.kubeletcpus.StaticCpus]). See
/// <https://kubernetes.io/docs/tasks/administer-cluster/cpu-management-policies/>.
///
/// **Threads.** Any. **Blocking.** For the disk where the state changes. **Errors.** `IllegalStateException` with
/// upstream's words where there are too few CPUs, `IllegalArgumentException` for a wrong configuration, `IOException`
/// of the disk.
@NullMarked
package io.k3j.kubeletcpus;

import org.jspecify.annotations.NullMarked;

/// Memory that containers have near NUMA nodes, as upstream's `pkg/kubelet/cm/memorymanager` with its policy `Static`
/// ([io.k3j.kubeletmemory.StaticMemory]). Sets of NUMA nodes are bits of a `long`, amounts are bytes. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/memory-manager/>.
///
/// **Threads.** Any. **Blocking.** For the disk where the state changes. **Errors.** `IllegalStateException` with
/// upstream's words where there is too little memory, `IllegalArgumentException` for a wrong configuration,
/// `IOException` of the disk.
@NullMarked
package io.k3j.kubeletmemory;

import org.jspecify.annotations.NullMarked;

/// NUMA nodes for what a container has for itself, as upstream's `pkg/kubelet/cm/topologymanager`. Sets of NUMA nodes
/// are bits of a `long`. See <https://kubernetes.io/docs/tasks/administer-cluster/topology-manager/>.
///
/// **Threads.** Any; everything is a value, nothing blocks. **Errors.** `IllegalArgumentException` for a policy that
/// does not exist.
@NullMarked
package io.k3j.kubelettopology;

import org.jspecify.annotations.NullMarked;

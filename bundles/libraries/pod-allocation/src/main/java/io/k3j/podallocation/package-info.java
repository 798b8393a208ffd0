/// What this node has for its pods and who has how much of it, as upstream's `pkg/kubelet/allocation`:
/// [NodeAllocations] is all pods', [Resizes] changes what a running pod has, [CriticalPodAdmission] ends pods for
/// those that the node cannot do without, [NodeFit] says whether a pod may run here at all. [NodeResources] gives
/// containers what they have for themselves: devices of plug-ins, CPUs and memory of NUMA nodes.
///
/// **Threads.** [NodeAllocations], [CriticalPodAdmission], [NodeFit] and [NodeResources] any; [Resizes] that of its
/// pod. **Blocking.** [Resizes] for control groups and the runtime; [NodeFit] for the API; [NodeDevices] for plug-ins;
/// it, [NodeCpus] and [NodeMemory] for checkpoints. **Errors.** A refusal is a value, with upstream's reason and
/// message.
@NullMarked
package io.k3j.podallocation;

import org.jspecify.annotations.NullMarked;

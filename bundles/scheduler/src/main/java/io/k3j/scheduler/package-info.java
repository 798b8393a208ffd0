/// Finds a node for every pod that has none: <https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/>.
///
/// ```
///   pods, nodes, volumes ──► ClusterState ──► Snapshot (immutable)
///                                 │               │
///   SchedulingQueue ──► pod ──► Placement: filters, then scores ──► node ──► assume ──► bind
///        ▲                        │ none fits
///        └── back-off, events ◄── Preemption, condition, event
/// ```
///
/// Filters and scores are pure functions over a snapshot; one thread decides, bindings go out side by
/// side. Writes pod bindings, the condition `PodScheduled` and `status.nominatedNodeName`.
@NullMarked
package io.k3j.scheduler;

import org.jspecify.annotations.NullMarked;

/// The scheduler: selects a node for every unscheduled pod:
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/>.
///
/// ```
///   pods, nodes, volumes ──► ClusterState ──► Snapshot (immutable)
///                                 │               │
///   SchedulingQueue ──► pod ──► Placement: filters, then scores ──► node ──► assume ──► bind
///        ▲                        │ none fits
///        └── back-off, events ◄── Preemption, condition, event
/// ```
///
/// Filters and scores are pure functions of a snapshot; one thread decides, bindings run in parallel. Writes pod
/// bindings, the condition `PodScheduled` and `status.nominatedNodeName`.
@NullMarked
package io.k3j.scheduler;

import org.jspecify.annotations.NullMarked;

/// The cluster as attempts to schedule see it: upstream's `pkg/scheduler/backend/cache` and the types of its framework.
///
/// ```
/// Nodes, pods, what was decided ─► ClusterState ─► Snapshot ─► NodeState ─► PodInfo ─► requests, affinity, spread
/// claims, volumes, CSI objects ─► ViewedVolumes ─► AssumedVolumes ─► Snapshot
/// Services ─► ServedPorts, DefaultSelector ─► Snapshot
/// ```
///
/// A snapshot never changes, and shares with the last one what is the same. [io.k3j.schedulercache.ClusterState] and
/// [io.k3j.schedulercache.AssumedVolumes] are for any thread; nothing blocks, nothing is written.
@NullMarked
package io.k3j.schedulercache;

import org.jspecify.annotations.NullMarked;

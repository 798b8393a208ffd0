package io.k3j.scheduler;

import io.k3j.componenthelpers.DeclaredFeatures;
import io.k3j.deviceallocation.ClaimedDevices;
import io.k3j.model.Obj;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodAffinity;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.ResourceAmounts;
import io.k3j.schedulercache.SpreadConstraint;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import io.k3j.schedulerconfig.SchedulerProfile;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a new or a changed node means for pods that wait, by the filter that rejected them: upstream's queueing hints
/// for nodes. A filter without a hint of its own may let pass any pod. Pure.
///
/// @param before null for a new node
/// @param after the node without its pods
/// @param configuration by which profiles pods are scheduled
/// @param devices what pods may have in place of extended resources of a node
record NodeHints(@Nullable NodeState before, NodeState after, SchedulerConfiguration configuration,
        ClaimedDevices devices) {
    static NodeHints of(@Nullable Obj before, Obj after, SchedulerConfiguration configuration,
            ClaimedDevices devices) {
        return new NodeHints(before == null ? null : NodeState.of(before), NodeState.of(after), configuration,
                devices);
    }

    /// Whether a filter may have become more lenient to a pod.
    boolean helps(PodInfo pod, String plugin) {
        return switch (plugin) {
            case NodeFilters.FIT -> fits(pod);
            case NodeFilters.AFFINITY -> allows(pod, after) && (before == null || !allows(pod, before));
            case NodeFilters.TAINTS -> NodeFilters.taints(pod, after) == null
                    && (before == null || NodeFilters.taints(pod, before) != null);
            case NodeFilters.UNSCHEDULABLE -> !after.unschedulable() && (before == null || before.unschedulable());
            case NodeFilters.FEATURES -> features(pod);
            case SpreadFilter.NAME -> spread(pod);
            case PodAffinityFilter.NAME -> neighbours(pod);
            default -> true;
        };
    }

    private SchedulerProfile profile(PodInfo pod) {
        return configuration.profile(pod.schedulerName()).orElse(SchedulerProfile.DEFAULT);
    }

    /// Whether there is room for all that the filter looks at, and was not before. Of devices of a claim nothing is
    /// known here.
    private boolean fits(PodInfo pod) {
        SchedulerProfile profile = profile(pod);
        ExtendedDemand extended = ExtendedDemand.of(pod,
                profile.filters(DeviceFilter.NAME) ? devices : ClaimedDevices.NONE);
        ResourceAmounts wanted = extended.wanted(pod.requests().without(profile.arguments().fit()), after);
        return NodeFilters.fit(wanted, after) == null
                && (before == null || extended.claims(after) || grown(wanted, before));
    }

    private boolean allows(PodInfo pod, NodeState node) {
        return pod.affinity().allows(node)
                && NodeFilters.added(profile(pod)).matches(node.name(), node.labels());
    }

    /// Whether the node can do what the pod needs, and could not before.
    private boolean features(PodInfo pod) {
        Set<String> needed = DeclaredFeatures.forScheduling(pod.spec());
        return after.declares(needed) && (before == null || !before.declares(needed));
    }

    /// Whether there is more of something that the pod wants.
    private boolean grown(ResourceAmounts wanted, NodeState old) {
        ResourceAmounts had = old.allocatable();
        ResourceAmounts has = after.allocatable();
        return after.podLimit() > old.podLimit() || wanted.cpuMilli() > 0 && has.cpuMilli() > had.cpuMilli()
                || wanted.memory() > 0 && has.memory() > had.memory() || wanted.disk() > 0 && has.disk() > had.disk()
                || wanted.others().keySet().stream().anyMatch(
                        name -> has.others().getOrDefault(name, 0L) > had.others().getOrDefault(name, 0L));
    }

    /// Whether the node has come to a domain, has left one, or counts otherwise than before.
    private boolean spread(PodInfo pod) {
        if (pod.spread().isEmpty()) {
            // by constraints of its profile
            return true;
        }
        List<SpreadConstraint> hard = pod.spread().stream().filter(SpreadConstraint::hard).toList();
        NodeState old = before;
        if (old == null) {
            return hard.stream().allMatch(c -> after.labels().containsKey(c.topologyKey()));
        }
        return hard.stream().anyMatch(c -> moved(old, c.topologyKey())
                || SpreadFilter.eligible(pod, c, old) != SpreadFilter.eligible(pod, c, after));
    }

    /// Whether the node can be near whom the pod must be near, or has come to or left a domain of those it must be near
    /// or keeps its distance from.
    private boolean neighbours(PodInfo pod) {
        PodAffinity affinity = pod.affinity();
        Map<String, String> labels = after.labels();
        NodeState old = before;
        return affinity.required().stream().allMatch(t -> labels.containsKey(t.topologyKey()))
                || old != null && Stream.concat(affinity.required().stream(), affinity.against().stream())
                        .anyMatch(t -> moved(old, t.topologyKey()));
    }

    private boolean moved(NodeState old, String topologyKey) {
        return !Objects.equals(old.labels().get(topologyKey), after.labels().get(topologyKey));
    }
}

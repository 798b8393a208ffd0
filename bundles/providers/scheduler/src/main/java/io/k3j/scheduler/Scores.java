package io.k3j.scheduler;

import io.k3j.componenthelpers.NodeSelectorTerm;
import io.k3j.componenthelpers.Toleration;
import io.k3j.model.Struct;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulerconfig.PluginArguments;
import io.k3j.schedulerconfig.SchedulerProfile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.ToDoubleFunction;

/// The default score plug-ins with upstream's weights:
/// <https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins>. Each returns 0 to 100.
final class Scores {
    private static final long MOST = 100;
    private static final String BALANCED = "NodeResourcesBalancedAllocation";
    private static final String IMAGES = "ImageLocality";
    private static final long SMALLEST_IMAGE = 23L * 1024 * 1024;
    private static final long LARGEST_IMAGE = 1000L * 1024 * 1024;

    private Scores() {
    }

    /// The total score of each feasible node, by the plug-ins of a profile and their weights.
    static double[] totals(SchedulerProfile profile, PodInfo pod, List<NodeState> feasible, Snapshot snapshot,
            Timing timing) {
        double[] totals = new double[feasible.size()];
        PluginArguments arguments = profile.arguments();
        scored(profile, NodeFilters.FIT, timing,
                weight -> add(totals, feasible, weight, n -> ResourceScores.fit(arguments.fit(), pod, n)));
        if (!pod.requests().nothing()) {
            scored(profile, BALANCED, timing, weight -> add(totals, feasible, weight,
                    n -> ResourceScores.balanced(arguments.balanced(), pod, n)));
        }
        scored(profile, IMAGES, timing, weight -> images(totals, weight, pod, feasible, snapshot));
        if (feasible.stream().anyMatch(n -> !n.taints().isEmpty())) {
            scored(profile, NodeFilters.TAINTS, timing,
                    weight -> scaled(totals, values(feasible, n -> disliked(pod, n)), weight, true));
        }
        List<NodeSelectorTerm> preferred = preferred(arguments.addedAffinity(), pod);
        if (!preferred.isEmpty()) {
            scored(profile, NodeFilters.AFFINITY, timing,
                    weight -> scaled(totals, values(feasible, n -> preferred(preferred, n)), weight, false));
        }
        scored(profile, SpreadFilter.NAME, timing,
                _ -> SpreadScore.add(totals, profile, pod, feasible, snapshot));
        scored(profile, PodAffinityFilter.NAME, timing,
                _ -> PodAffinityScore.add(totals, profile, pod, feasible, snapshot));
        return totals;
    }

    /// Adds how near nodes come to what the claims of a pod want most.
    static void devices(double[] totals, SchedulerProfile profile, List<NodeState> feasible, DeviceFilter devices,
            Timing timing) {
        if (devices.prefers()) {
            scored(profile, DeviceFilter.NAME, timing,
                    weight -> scaled(totals, values(feasible, devices::preference), weight, false));
        }
    }

    private static void scored(SchedulerProfile profile, String plugin, Timing timing, LongConsumer work) {
        long weight = profile.weight(plugin);
        if (weight > 0) {
            timing.score(plugin, () -> work.accept(weight));
        }
    }

    private static void add(double[] totals, List<NodeState> nodes, long weight, ToDoubleFunction<NodeState> score) {
        for (int i = 0; i < totals.length; i++) {
            totals[i] += weight * Math.floor(score.applyAsDouble(nodes.get(i)));
        }
    }

    private static double[] values(List<NodeState> nodes, ToDoubleFunction<NodeState> score) {
        return nodes.stream().mapToDouble(score).toArray();
    }

    /// Adds values normalized to a maximum of 100; reversed, so that zero scores 100.
    static void scaled(double[] totals, double[] values, long weight, boolean reversed) {
        double largest = 0;
        for (double v : values) {
            largest = Math.max(largest, v);
        }
        for (int i = 0; i < totals.length; i++) {
            double share = largest == 0 ? 0 : Math.floor(values[i] * MOST / largest);
            totals[i] += weight * (reversed ? MOST - share : share);
        }
    }

    private static double disliked(PodInfo pod, NodeState node) {
        return node.taints().stream()
                .filter(t -> t.effect().equals("PreferNoSchedule") && !Toleration.tolerated(pod.tolerations(), t))
                .count();
    }

    private static double preferred(List<NodeSelectorTerm> terms, NodeState node) {
        return terms.stream().filter(t -> t.matches(node.name(), node.labels())).mapToLong(NodeSelectorTerm::weight)
                .sum();
    }

    /// The pod's own terms, and those all pods of its profile have.
    private static List<NodeSelectorTerm> preferred(Struct added, PodInfo pod) {
        if (added.isEmpty()) {
            return pod.affinity().nodePreferred();
        }
        List<NodeSelectorTerm> all = new ArrayList<>(pod.affinity().nodePreferred());
        all.addAll(NodeSelectorTerm.of(added.seq("preferredDuringSchedulingIgnoredDuringExecution")));
        return all;
    }

    private static void images(double[] totals, long weight, PodInfo pod, List<NodeState> feasible,
            Snapshot snapshot) {
        List<String> names = new ArrayList<>();
        pod.spec().seq("containers").structs().forEach(c -> names.add(normalized(c.text("image"))));
        pod.spec().seq("initContainers").structs().forEach(c -> names.add(normalized(c.text("image"))));
        Map<String, Integer> spread = new HashMap<>();
        for (String name : new HashSet<>(names)) {
            int nodes = 0;
            for (NodeState node : snapshot.nodes()) {
                nodes += node.images().containsKey(name) ? 1 : 0;
            }
            if (nodes > 0) {
                spread.put(name, nodes);
            }
        }
        if (spread.isEmpty()) {
            return;
        }
        double most = LARGEST_IMAGE * (double) names.size();
        add(totals, feasible, weight, node -> {
            double sum = 0;
            for (String name : names) {
                sum += node.images().getOrDefault(name, 0L) * (double) spread.getOrDefault(name, 0)
                        / snapshot.nodes().size();
            }
            return MOST * (Math.clamp(sum, SMALLEST_IMAGE, most) - SMALLEST_IMAGE) / (most - SMALLEST_IMAGE);
        });
    }

    private static String normalized(String image) {
        return image.lastIndexOf(':') > image.lastIndexOf('/') || image.indexOf('@') >= 0 ? image : image + ":latest";
    }
}

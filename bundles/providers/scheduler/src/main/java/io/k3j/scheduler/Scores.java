package io.k3j.scheduler;

import io.k3j.apimachinery.Quantity;
import io.k3j.componenthelpers.NodeSelectorTerm;
import io.k3j.componenthelpers.Toleration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The default score plug-ins with upstream's weights:
/// <https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins>. Each returns 0 to 100.
final class Scores {
    private static final long MOST = 100;
    private static final long SMALLEST_IMAGE = 23L * 1024 * 1024;
    private static final long LARGEST_IMAGE = 1000L * 1024 * 1024;

    private Scores() {
    }

    /// The total score of each feasible node.
    static double[] totals(PodInfo pod, List<NodeState> feasible, Snapshot snapshot, Timing timing) {
        double[] totals = new double[feasible.size()];
        timing.score(NodeFilters.FIT, () -> add(totals, feasible, 1, n -> least(pod, n)));
        if (!pod.requests().nothing()) {
            timing.score("NodeResourcesBalancedAllocation", () -> add(totals, feasible, 1, n -> balanced(pod, n)));
        }
        timing.score("ImageLocality", () -> images(totals, pod, feasible, snapshot));
        if (feasible.stream().anyMatch(n -> !n.taints().isEmpty())) {
            timing.score(NodeFilters.TAINTS, () -> scaled(totals, values(feasible, n -> disliked(pod, n)), 3, true));
        }
        if (!pod.affinity().nodePreferred().isEmpty()) {
            timing.score(NodeFilters.AFFINITY,
                    () -> scaled(totals, values(feasible, n -> preferred(pod, n)), 2, false));
        }
        timing.score(SpreadFilter.NAME, () -> SpreadScore.add(totals, pod, feasible, snapshot));
        timing.score(PodAffinityFilter.NAME, () -> PodAffinityScore.add(totals, pod, feasible, snapshot));
        return totals;
    }

    private static void add(double[] totals, List<NodeState> nodes, int weight, ToDoubleFunction<NodeState> score) {
        for (int i = 0; i < totals.length; i++) {
            totals[i] += weight * Math.floor(score.applyAsDouble(nodes.get(i)));
        }
    }

    private static double[] values(List<NodeState> nodes, ToDoubleFunction<NodeState> score) {
        return nodes.stream().mapToDouble(score).toArray();
    }

    /// Adds values normalized to a maximum of 100; reversed, so that zero scores 100.
    static void scaled(double[] totals, double[] values, int weight, boolean reversed) {
        double largest = 0;
        for (double v : values) {
            largest = Math.max(largest, v);
        }
        for (int i = 0; i < totals.length; i++) {
            double share = largest == 0 ? 0 : Math.floor(values[i] * MOST / largest);
            totals[i] += weight * (reversed ? MOST - share : share);
        }
    }

    private static double least(PodInfo pod, NodeState node) {
        return (free(Quantity.sum(node.nonZero().cpuMilli(), pod.nonZero().cpuMilli()), node.allocatable().cpuMilli())
                + free(Quantity.sum(node.nonZero().memory(), pod.nonZero().memory()), node.allocatable().memory())) / 2;
    }

    private static double free(long used, long all) {
        return all == 0 || used > all ? 0 : Math.clamp(Math.floor(((double) all - used) * MOST / all), 0, MOST);
    }

    private static double balanced(PodInfo pod, NodeState node) {
        double cpu = fraction(Quantity.sum(node.requested().cpuMilli(), pod.requests().cpuMilli()),
                node.allocatable().cpuMilli());
        double memory = fraction(Quantity.sum(node.requested().memory(), pod.requests().memory()),
                node.allocatable().memory());
        return (1 - Math.abs(cpu - memory) / 2) * MOST;
    }

    private static double fraction(long used, long all) {
        return all == 0 ? 1 : Math.min(1, (double) used / all);
    }

    private static double disliked(PodInfo pod, NodeState node) {
        return node.taints().stream()
                .filter(t -> t.effect().equals("PreferNoSchedule") && !Toleration.tolerated(pod.tolerations(), t))
                .count();
    }

    private static double preferred(PodInfo pod, NodeState node) {
        return pod.affinity().nodePreferred().stream().filter(t -> t.matches(node.name(), node.labels()))
                .mapToLong(NodeSelectorTerm::weight).sum();
    }

    private static void images(double[] totals, PodInfo pod, List<NodeState> feasible, Snapshot snapshot) {
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
        add(totals, feasible, 1, node -> {
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

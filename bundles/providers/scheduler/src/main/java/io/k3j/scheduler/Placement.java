package io.k3j.scheduler;

import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulerconfig.SchedulerProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Selects a node for one pod: filters until enough nodes are feasible, then takes the one with the highest score.
/// Pure except for the random choice among equals.
final class Placement {
    private static final int FEWEST_TRIED = 100;

    /// The result.
    sealed interface Outcome {
    }

    /// The selected node.
    ///
    /// @param looked the number of nodes evaluated in turn, 0 when it is the nominated one
    /// @param claims what the pod's claims were found to be
    record Found(NodeState node, int looked, ClaimFilters claims) implements Outcome {
    }

    /// No node is feasible, with the reasons.
    ///
    /// @param everywhere why no node was looked at
    /// @param others why those were not looked at that have no rejection of their own
    /// @param filters the pod's filters
    /// @param start the index of the node that was evaluated first
    record None(int nodes, Map<String, Rejection> rejections, @Nullable Rejection everywhere,
            @Nullable Rejection others, List<Filter> filters, int start) implements Outcome {
        /// Before any node was looked at.
        static None of(Snapshot snapshot, @Nullable Rejection everywhere) {
            return new None(snapshot.nodes().size(), Map.of(), everywhere, null, List.of(), 0);
        }

        /// The message in upstream's words.
        String message() {
            if (nodes == 0) {
                return "no nodes available to schedule pods";
            }
            String start = "0/" + nodes + " nodes are available:";
            if (everywhere != null) {
                return start + " " + everywhere.reasons().getFirst() + ".";
            }
            List<List<String>> reasons = new ArrayList<>(rejections.values().stream().map(Rejection::reasons).toList());
            if (others != null) {
                reasons.addAll(Collections.nCopies(nodes - rejections.size(), others.reasons()));
            }
            return start + " " + histogram(reasons) + ".";
        }

        /// The filters that have rejected nodes.
        Set<String> plugins() {
            Set<String> all = new LinkedHashSet<>();
            rejections.values().forEach(r -> all.add(r.plugin()));
            if (everywhere != null) {
                all.add(everywhere.plugin());
            }
            if (others != null) {
                all.add(others.plugin());
            }
            return all;
        }
    }

    private Placement() {
    }

    /// Evaluates the node for which the pod is nominated, and takes it if it is feasible; else nodes from index `start`
    /// on, so that all nodes of a large cluster get a share, or those alone that the pod names.
    @SuppressWarnings("checkstyle:ParameterNumber") // who decides, about what, and by which chance
    static Outcome of(SchedulerProfile profile, PodInfo pod, Snapshot snapshot, int start, RandomGenerator dice,
            Timing timing) {
        return of(profile, Extenders.NONE, pod, snapshot, start, dice, timing);
    }

    /// The same with extenders, which are asked about nodes that the profile finds feasible.
    @SuppressWarnings("checkstyle:ParameterNumber") // who decides, about what, and by which chance
    static Outcome of(SchedulerProfile profile, Extenders extenders, PodInfo pod, Snapshot snapshot, int start,
            RandomGenerator dice, Timing timing) {
        if (snapshot.nodes().isEmpty()) {
            return None.of(snapshot, null);
        }
        Instant begun = timing.now();
        @Nullable
        Set<String> names = profile.filters(NodeFilters.AFFINITY)
                ? PinnedNodes.of(pod.affinity().node()).orElse(null) : null;
        ClaimFilters claims = ClaimFilters.of(profile, pod, snapshot, timing);
        @Nullable
        Rejection everywhere = names != null && names.isEmpty() ? PinnedNodes.CONFLICT
                : claims.rejectionForAll();
        if (everywhere != null) {
            timing.step(Timing.PRE_FILTER, everywhere.status(), begun);
            return None.of(snapshot, everywhere);
        }
        List<Filter> filters = filters(profile, pod, snapshot, claims, timing);
        timing.step(Timing.PRE_FILTER, Timing.SUCCESS, begun);
        @Nullable
        NodeState promised = pod.nominatedNode().map(snapshot::node).orElse(null);
        if (promised != null && reject(filters, pod, promised, promised, snapshot) == null
                && !extenders.filter(pod, List.of(promised)).feasible().isEmpty()) {
            return new Found(promised, 0, claims);
        }
        Instant filtering = timing.now();
        Searched searched = search(filters, pod, snapshot,
                new Range(start, names, profile.percentageOfNodesToScore())).filtered(extenders, pod);
        timing.step(Timing.FILTER, Timing.SUCCESS, filtering);
        return searched.feasible().isEmpty()
                ? searched.none()
                : new Found(best(profile, extenders, pod, searched.feasible(), claims, snapshot, dice, timing),
                        searched.looked(), claims);
    }

    /// What a search has found.
    private record Searched(List<NodeState> feasible, int looked, None none) {
        /// What extenders leave of it.
        Searched filtered(Extenders extenders, PodInfo pod) {
            Extender.Filtered left = extenders.filter(pod, feasible);
            if (left.feasible().size() == feasible.size()) {
                return this;
            }
            Map<String, Rejection> all = new LinkedHashMap<>(none.rejections());
            all.putAll(left.rejections());
            return new Searched(left.feasible(), looked, new None(none.nodes(), all, none.everywhere(), none.others(),
                    none.filters(), none.start()));
        }
    }

    /// Which nodes are looked at.
    ///
    /// @param start the index of the first
    /// @param names of the only nodes to look at, null for all
    /// @param percentage of feasible ones that is enough, 0 by how many there are
    private record Range(int start, @Nullable Set<String> names, int percentage) {
    }

    /// Looks for feasible nodes until they are enough.
    private static Searched search(List<Filter> filters, PodInfo pod, Snapshot snapshot, Range range) {
        @Nullable
        Set<String> names = range.names();
        int start = range.start();
        List<NodeState> nodes = names == null ? snapshot.nodes() : snapshot.named(names);
        int enough = enough(nodes.size(), range.percentage());
        List<NodeState> feasible = new ArrayList<>(enough);
        Map<String, Rejection> rejections = new LinkedHashMap<>();
        int looked = 0;
        for (; looked < nodes.size() && feasible.size() < enough; looked++) {
            NodeState node = nodes.get((start + looked) % nodes.size());
            @Nullable
            Rejection no = reject(filters, pod, node, node, snapshot);
            if (no == null) {
                feasible.add(node);
            } else {
                rejections.put(node.name(), no);
            }
        }
        return new Searched(feasible, looked, new None(snapshot.nodes().size(), rejections, null,
                names == null ? null : PinnedNodes.OTHERS, filters, start));
    }

    /// All filters of a pod that its profile has.
    private static List<Filter> filters(SchedulerProfile profile, PodInfo pod, Snapshot snapshot,
            ClaimFilters claims, Timing timing) {
        List<Filter> all = new ArrayList<>(NodeFilters.of(profile, pod, claims.extended(), snapshot));
        add(all, profile, VolumeRestrictions.NAME, () -> VolumeRestrictions.of(pod, snapshot), timing);
        add(all, profile, VolumeLimits.NAME, () -> VolumeLimits.of(pod, snapshot.volumes()), timing);
        @Nullable
        VolumeFilter volumes = claims.volumes();
        if (volumes != null) {
            all.add(volumes);
        }
        add(all, profile, SpreadFilter.NAME, () -> SpreadFilter.of(profile, pod, snapshot), timing);
        add(all, profile, PodAffinityFilter.NAME, () -> PodAffinityFilter.of(pod, snapshot), timing);
        @Nullable
        DeviceFilter devices = claims.devices();
        if (devices != null) {
            all.add(devices);
        }
        add(all, profile, NodeFilters.FEATURES, () -> NodeFilters.features(pod), timing);
        return timing.timed(all);
    }

    /// Makes a filter, null when it has nothing to say of the pod.
    @FunctionalInterface
    private interface Preparation {
        @Nullable
        Filter prepared();
    }

    private static void add(List<Filter> all, SchedulerProfile profile, String plugin, Preparation preparation,
            Timing timing) {
        if (!profile.filters(plugin)) {
            return;
        }
        Instant begun = timing.now();
        @Nullable
        Filter filter = preparation.prepared();
        timing.plugin(plugin, Timing.PRE_FILTER, filter == null ? Timing.SKIP : Timing.SUCCESS, begun);
        if (filter != null) {
            all.add(filter);
        }
    }

    /// The first rejection of a node as it is, or as it will be with the pods of no lower priority that are promised
    /// to it; null when there is none.
    ///
    /// @param original the node in the snapshot, which may have other pods
    static @Nullable Rejection reject(List<Filter> filters, PodInfo pod, NodeState original, NodeState node,
            Snapshot snapshot) {
        @Nullable
        Rejection no = first(filters, original, node);
        List<PodInfo> promised = snapshot.nominated().get(node.name());
        if (no != null || promised == null) {
            return no;
        }
        NodeState later = node;
        for (PodInfo other : promised) {
            if (other.priority() >= pod.priority() && !other.uid().equals(pod.uid())) {
                later = later.with(other);
            }
        }
        return later == node ? null : first(filters, original, later);
    }

    /// The first rejection, null when there is none. What looks at all nodes comes last, and only if it must.
    private static @Nullable Rejection first(List<Filter> filters, NodeState original, NodeState node) {
        for (Filter filter : filters) {
            @Nullable
            Rejection no = (node == original ? filter : filter.changed(original, node)).reject(node);
            if (no != null) {
                return no;
            }
        }
        return null;
    }

    @SuppressWarnings("checkstyle:ParameterNumber") // who decides, about what, and by which chance
    private static NodeState best(SchedulerProfile profile, Extenders extenders, PodInfo pod,
            List<NodeState> feasible, ClaimFilters claims, Snapshot snapshot, RandomGenerator dice, Timing timing) {
        if (feasible.size() == 1) {
            return feasible.getFirst();
        }
        Instant begun = timing.now();
        double[] totals = Scores.totals(profile, pod, feasible, snapshot, timing);
        @Nullable
        DeviceFilter devices = claims.devices();
        if (devices != null) {
            Scores.devices(totals, profile, feasible, devices, timing);
        }
        extenders.prioritize(totals, pod, feasible);
        timing.step(Timing.SCORE, Timing.SUCCESS, begun);
        int best = 0;
        int equals = 1;
        for (int i = 1; i < totals.length; i++) {
            if (totals[i] > totals[best]) {
                best = i;
                equals = 1;
            } else if (totals[i] == totals[best] && dice.nextInt(++equals) == 0) {
                best = i;
            }
        }
        return feasible.get(best);
    }

    /// How many feasible nodes are enough: all in a small cluster, in a large one a part of them, from half down to a
    /// twentieth where nobody says which.
    ///
    /// @param percentage `percentageOfNodesToScore`
    static int enough(int nodes, int percentage) {
        if (nodes < FEWEST_TRIED) {
            return nodes;
        }
        int percent = percentage > 0 ? percentage : Math.max(5, 50 - nodes / 125);
        return Math.max(FEWEST_TRIED, (int) ((long) nodes * percent / 100));
    }

    /// The reasons with their counts, sorted: `1 Insufficient cpu, 2 node(s) were unschedulable`.
    static String histogram(List<List<String>> reasons) {
        Map<String, Integer> counts = new TreeMap<>();
        reasons.forEach(list -> list.forEach(r -> counts.merge(r, 1, Integer::sum)));
        return String.join(", ",
                counts.entrySet().stream().map(e -> e.getValue() + " " + e.getKey()).sorted().toList());
    }
}

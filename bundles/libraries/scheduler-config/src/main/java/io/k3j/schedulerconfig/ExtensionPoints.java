package io.k3j.schedulerconfig;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Which plug-ins work at which extension points, with upstream's default weights. See
/// <https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins>.
final class ExtensionPoints {
    static final String MULTI = "multiPoint";
    static final String FILTER = "filter";
    static final String SCORE = "score";
    static final String POST_FILTER = "postFilter";
    /// What prepares the work of another point, or ends it: that point decides whether a plug-in works at all.
    static final Map<String, String> FOLLOWERS = Map.of("preFilter", FILTER, "preScore", SCORE, "reserve", FILTER,
            "preBind", FILTER);
    /// What is always done, by one plug-in only.
    static final Map<String, String> FIXED = Map.of("preEnqueue", "SchedulingGates", "queueSort", "PrioritySort",
            "bind", "DefaultBinder");
    /// Where nothing works.
    static final List<String> EMPTY = List.of("permit", "postBind");
    private static final long NONE = 1;
    private static final Map<String, Map<String, Long>> TABLE = Map.of(
            FILTER, unweighted("NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts",
                    "NodeResourcesFit", "VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone",
                    "PodTopologySpread", "InterPodAffinity", "DynamicResources", "NodeDeclaredFeatures"),
            SCORE, weighted(),
            POST_FILTER, unweighted("DynamicResources", "DefaultPreemption"),
            "preFilter", unweighted("NodeAffinity", "NodePorts", "NodeResourcesFit", "VolumeRestrictions",
                    "NodeVolumeLimits", "VolumeBinding", "VolumeZone", "PodTopologySpread", "InterPodAffinity",
                    "DynamicResources", "NodeDeclaredFeatures"),
            "preScore", unweighted("TaintToleration", "NodeAffinity", "NodeResourcesFit", "PodTopologySpread",
                    "InterPodAffinity", "NodeResourcesBalancedAllocation"),
            "reserve", unweighted("VolumeBinding", "DynamicResources"), "preBind",
            unweighted("VolumeBinding", "DynamicResources"));

    private ExtensionPoints() {
    }

    private static Map<String, Long> unweighted(String... plugins) {
        Map<String, Long> all = new LinkedHashMap<>();
        for (String plugin : plugins) {
            all.put(plugin, NONE);
        }
        return Collections.unmodifiableMap(all);
    }

    private static Map<String, Long> weighted() {
        return Map.of("TaintToleration", 3L, "NodeAffinity", 2L, "NodeResourcesFit", 1L, "PodTopologySpread", 2L,
                "InterPodAffinity", 2L, "NodeResourcesBalancedAllocation", 1L, "ImageLocality", 1L,
                "DynamicResources", 2L);
    }

    /// The plug-ins that can work at a point, with their default weights.
    static Map<String, Long> defaults(String point) {
        String fixed = FIXED.get(point);
        return fixed != null ? Map.of(fixed, NONE) : TABLE.getOrDefault(point, Map.of());
    }

    /// The names of all plug-ins.
    static Set<String> plugins() {
        Set<String> all = TABLE.values().stream().flatMap(p -> p.keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        all.addAll(FIXED.values());
        return all;
    }
}

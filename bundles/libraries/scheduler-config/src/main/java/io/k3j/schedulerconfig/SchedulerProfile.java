package io.k3j.schedulerconfig;

import java.util.Map;
import java.util.Set;

/// How the pods of one scheduler name are scheduled.
///
/// @param schedulerName what pods say in `spec.schedulerName`
/// @param percentageOfNodesToScore of how many feasible nodes of a large cluster it is enough to know; 0 is by its size
/// @param filters the plug-ins that filter nodes, by upstream's names
/// @param scores the plug-ins that score nodes, with their weights
/// @param postFilters those that work when no node is feasible
/// @param arguments of the plug-ins
public record SchedulerProfile(String schedulerName, int percentageOfNodesToScore, Set<String> filters,
        Map<String, Long> scores, Set<String> postFilters, PluginArguments arguments) {
    /// The name of pods that name no scheduler.
    public static final String DEFAULT_NAME = "default-scheduler";
    /// Upstream's, without a file.
    public static final SchedulerProfile DEFAULT = new SchedulerProfile(DEFAULT_NAME, 0,
            ExtensionPoints.defaults(ExtensionPoints.FILTER).keySet(), ExtensionPoints.defaults(ExtensionPoints.SCORE),
            ExtensionPoints.defaults(ExtensionPoints.POST_FILTER).keySet(), PluginArguments.DEFAULT);

    /// Copies sets and map.
    public SchedulerProfile {
        filters = Set.copyOf(filters);
        scores = Map.copyOf(scores);
        postFilters = Set.copyOf(postFilters);
    }

    /// Whether a plug-in filters.
    public boolean filters(String plugin) {
        return filters.contains(plugin);
    }

    /// How much the score of a plug-in counts; 0 where it scores nothing.
    public long weight(String plugin) {
        return scores.getOrDefault(plugin, 0L);
    }
}

package io.k3j.schedulerconfig;

import io.k3j.schedulerconfig.PluginArguments.Fit;
import io.k3j.schedulerconfig.PluginArguments.Point;
import io.k3j.schedulerconfig.PluginArguments.ResourceSpec;
import io.k3j.schedulerconfig.PluginArguments.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads the arguments of `NodeResourcesFit`. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/resource-bin-packing/>.
final class FitArguments {
    private static final Map<String, Strategy> STRATEGIES = Map.of("LeastAllocated", Strategy.LEAST_ALLOCATED,
            "MostAllocated", Strategy.MOST_ALLOCATED, "RequestedToCapacityRatio",
            Strategy.REQUESTED_TO_CAPACITY_RATIO);

    private FitArguments() {
    }

    static Fit read(Fields fields) {
        List<String> groups = fields.texts("ignoredResourceGroups");
        if (groups.stream().anyMatch(g -> g.contains("/"))) {
            fields.wrong("ignoredResourceGroups", "resource group name can't contain '/'");
        }
        Set<String> ignored = Set.copyOf(fields.texts("ignoredResources"));
        Fields strategy = fields.fields("scoringStrategy");
        String type = strategy.text("type", "LeastAllocated");
        if (!STRATEGIES.containsKey(type)) {
            strategy.wrong("type", "Unsupported value: \"" + type + "\": supported values: \"LeastAllocated\", "
                    + "\"MostAllocated\", \"RequestedToCapacityRatio\"");
        }
        Strategy read = STRATEGIES.getOrDefault(type, Strategy.LEAST_ALLOCATED);
        List<ResourceSpec> resources = resources(strategy);
        Fields ratio = strategy.fields("requestedToCapacityRatio");
        List<Point> shape = shape(ratio, read == Strategy.REQUESTED_TO_CAPACITY_RATIO);
        ratio.end();
        strategy.end();
        return new Fit(ignored, Set.copyOf(groups), read, resources, shape);
    }

    private static List<ResourceSpec> resources(Fields strategy) {
        List<ResourceSpec> all = new ArrayList<>();
        for (Fields resource : strategy.list("resources")) {
            String name = resource.text("name", "");
            long weight = resource.whole("weight", 1, 0, 100,
                    "resource weight of " + name + " not in valid range [1-100]");
            resource.end();
            all.add(new ResourceSpec(name, weight == 0 ? 1 : weight));
        }
        return all.isEmpty() ? PluginArguments.DEFAULT.fit().resources() : all;
    }

    private static List<Point> shape(Fields ratio, boolean wanted) {
        List<Point> all = new ArrayList<>();
        for (Fields point : ratio.list("shape")) {
            long utilization = point.whole("utilization", 0, 0, 100, "not in valid range [0-100]");
            long score = point.whole("score", 0, 0, 10, "not in valid range [0-10]");
            if (!all.isEmpty() && utilization <= all.getLast().utilization()) {
                point.invalid("utilization", utilization, "utilization values must be sorted in increasing order");
            }
            point.end();
            all.add(new Point(utilization, score));
        }
        if (wanted && all.isEmpty()) {
            ratio.wrong("shape", "Required value: at least one point must be specified");
        }
        return all;
    }
}

package io.k3j.schedulerconfig;

import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;

/// The arguments of a profile's plug-ins, upstream's defaults where nothing is said.
///
/// @param preemption of `DefaultPreemption`
/// @param podAffinity of `InterPodAffinity`
/// @param addedAffinity of `NodeAffinity`: a node affinity that all pods of the profile have besides their own
/// @param balanced the resources that `NodeResourcesBalancedAllocation` compares
/// @param fit of `NodeResourcesFit`
/// @param spread of `PodTopologySpread`
public record PluginArguments(Preemption preemption, PodAffinity podAffinity, Struct addedAffinity,
        List<ResourceSpec> balanced, Fit fit, Spread spread) {
    private static final List<ResourceSpec> CPU_AND_MEMORY = List.of(new ResourceSpec("cpu", 1),
            new ResourceSpec("memory", 1));
    /// Upstream's.
    public static final PluginArguments DEFAULT = new PluginArguments(new Preemption(10, 100),
            new PodAffinity(1, false), Struct.EMPTY, CPU_AND_MEMORY,
            new Fit(Set.of(), Set.of(), Strategy.LEAST_ALLOCATED, CPU_AND_MEMORY, List.of()),
            new Spread(true, List.of()));

    /// Copies the list.
    public PluginArguments {
        balanced = List.copyOf(balanced);
    }

    /// A resource that counts in a score.
    ///
    /// @param weight how much
    public record ResourceSpec(String name, long weight) {
    }

    /// How many nodes on which pods could be preempted are enough.
    ///
    /// @param percentage of all nodes
    /// @param absolute however few these are
    public record Preemption(int percentage, int absolute) {
    }

    /// How affinity to other pods is scored.
    ///
    /// @param hardWeight the weight of the required terms of pods that are there
    /// @param ignoresPreferred whether a pod without preferred terms is scored by nobody's
    public record PodAffinity(long hardWeight, boolean ignoresPreferred) {
    }

    /// How what a pod requests is held against what a node has.
    ///
    /// @param ignored resources that are not looked at
    /// @param ignoredGroups the same of all whose names begin with one of these and `/`
    /// @param strategy which nodes are better
    /// @param resources by which of them
    /// @param shape for [Strategy#REQUESTED_TO_CAPACITY_RATIO], by rising utilization
    public record Fit(Set<String> ignored, Set<String> ignoredGroups, Strategy strategy, List<ResourceSpec> resources,
            List<Point> shape) {
        /// Copies sets and lists.
        public Fit {
            ignored = Set.copyOf(ignored);
            ignoredGroups = Set.copyOf(ignoredGroups);
            resources = List.copyOf(resources);
            shape = List.copyOf(shape);
        }

        /// Whether a resource is not looked at.
        public boolean ignores(String resource) {
            int slash = resource.indexOf('/');
            return ignored.contains(resource) || slash >= 0 && ignoredGroups.contains(resource.substring(0, slash));
        }
    }

    /// Which nodes are better.
    public enum Strategy {
        /// Those of which least is requested.
        LEAST_ALLOCATED,
        /// Those of which most is.
        MOST_ALLOCATED,
        /// As a shape says.
        REQUESTED_TO_CAPACITY_RATIO
    }

    /// What a utilization is worth.
    ///
    /// @param utilization per cent
    /// @param score 0 to 10
    public record Point(long utilization, long score) {
    }

    /// How pods are spread that do not say so themselves.
    ///
    /// @param system by upstream's own constraints
    /// @param constraints by these, where it is not
    public record Spread(boolean system, List<Constraint> constraints) {
        /// Copies the list.
        public Spread {
            constraints = List.copyOf(constraints);
        }
    }

    /// A topology spread constraint without a selector, as a pod has it.
    ///
    /// @param hard whether a node that breaks it is not feasible
    public record Constraint(long maxSkew, String topologyKey, boolean hard) {
    }
}

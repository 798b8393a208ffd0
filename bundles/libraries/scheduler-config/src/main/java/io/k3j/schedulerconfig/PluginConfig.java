package io.k3j.schedulerconfig;

import io.k3j.model.Struct;
import io.k3j.schedulerconfig.PluginArguments.Constraint;
import io.k3j.schedulerconfig.PluginArguments.PodAffinity;
import io.k3j.schedulerconfig.PluginArguments.Preemption;
import io.k3j.schedulerconfig.PluginArguments.ResourceSpec;
import io.k3j.schedulerconfig.PluginArguments.Spread;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads the arguments of a profile's plug-ins, with upstream's validation.
final class PluginConfig {
    private static final String RANGE = "not in valid range [0-100]";
    private static final PluginArguments PRESET = PluginArguments.DEFAULT;
    private static final Set<String> WITH_ARGUMENTS = Set.of("DefaultPreemption", "InterPodAffinity", "NodeAffinity",
            "NodeResourcesBalancedAllocation", "NodeResourcesFit", "PodTopologySpread", "VolumeBinding");
    private final Map<String, Fields> given = new HashMap<>();

    PluginConfig(Fields profile) {
        for (Fields config : profile.list("pluginConfig")) {
            String name = config.text("name", "");
            Fields arguments = config.fields("args");
            config.end();
            if (!WITH_ARGUMENTS.contains(name)) {
                config.wrong("name", "plugin \"" + name + "\" takes no arguments here; those that do are "
                        + String.join(", ", WITH_ARGUMENTS.stream().sorted().toList()));
            } else if (given.put(name, arguments) != null) {
                config.wrong("name", "repeated config for plugin " + name);
            }
            kind(arguments, name + "Args");
        }
    }

    private static void kind(Fields arguments, String kind) {
        arguments.any("apiVersion");
        if (!arguments.text("kind", kind).equals(kind)) {
            arguments.wrong("kind", "it must be " + kind);
        }
    }

    PluginArguments read() {
        PluginArguments all = new PluginArguments(preemption(), podAffinity(), addedAffinity(), balanced(),
                FitArguments.read(of("NodeResourcesFit")), spread());
        Fields volumes = of("VolumeBinding");
        volumes.whole("bindTimeoutSeconds", 600, 600, 600,
                "a claim waits for its volume without an end in K3j; leave it out");
        if (volumes.has("shape")) {
            volumes.wrong("shape", "scores of storage (StorageCapacityScoring) are not supported by K3j; leave it out");
        }
        volumes.any("shape");
        given.values().forEach(Fields::end);
        return all;
    }

    private Fields of(String plugin) {
        return given.getOrDefault(plugin, new Fields("", Struct.EMPTY, new ArrayList<>()));
    }

    private Preemption preemption() {
        Fields fields = of("DefaultPreemption");
        Preemption read = new Preemption(
                (int) fields.whole("minCandidateNodesPercentage", PRESET.preemption().percentage(), 0, 100, RANGE),
                (int) fields.whole("minCandidateNodesAbsolute", PRESET.preemption().absolute(), 0, Integer.MAX_VALUE,
                        "not in valid range [0, inf)"));
        if (read.percentage() == 0 && read.absolute() == 0) {
            fields.wrong("minCandidateNodesAbsolute",
                    "both minCandidateNodesPercentage and minCandidateNodesAbsolute cannot be zero");
        }
        return read;
    }

    private PodAffinity podAffinity() {
        Fields fields = of("InterPodAffinity");
        return new PodAffinity(
                fields.whole("hardPodAffinityWeight", PRESET.podAffinity().hardWeight(), 0, 100, RANGE),
                fields.flag("ignorePreferredTermsOfExistingPods", false));
    }

    /// The terms are those of a pod, and are looked at by whoever matches them to nodes.
    private Struct addedAffinity() {
        Fields fields = of("NodeAffinity");
        Struct added = fields.raw("addedAffinity");
        if (fields.has("addedAffinity")) {
            NodeAffinityTerms.check(fields.fields("addedAffinity"));
        }
        return added;
    }

    private List<ResourceSpec> balanced() {
        Fields fields = of("NodeResourcesBalancedAllocation");
        List<ResourceSpec> all = new ArrayList<>();
        for (Fields resource : fields.list("resources")) {
            String name = resource.text("name", "");
            resource.whole("weight", 1, 1, 1, "resource weight of " + name + " not valid, must be 1");
            resource.end();
            all.add(new ResourceSpec(name, 1));
        }
        return all.isEmpty() ? PRESET.balanced() : all;
    }

    private Spread spread() {
        Fields fields = of("PodTopologySpread");
        List<Constraint> all = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (Fields c : fields.list("defaultConstraints")) {
            Constraint constraint = constraint(c);
            if (!known.add(constraint.topologyKey() + "/" + constraint.hard())) {
                c.wrong("topologyKey", "Duplicate value: \"" + constraint.topologyKey() + "\"");
            }
            all.add(constraint);
        }
        String type = fields.text("defaultingType", "System");
        if (!type.equals("System") && !type.equals("List")) {
            fields.wrong("defaultingType",
                    "Unsupported value: \"" + type + "\": supported values: \"System\", \"List\"");
        } else if (type.equals("System") && !all.isEmpty()) {
            fields.invalid("defaultingType", type, "when .defaultConstraints are not empty; write List");
        }
        return new Spread(type.equals("System"), all);
    }

    private static Constraint constraint(Fields c) {
        long skew = c.whole("maxSkew", 0, 1, Integer.MAX_VALUE, "not in valid range (0, inf)");
        String key = c.text("topologyKey", "");
        String action = c.text("whenUnsatisfiable", "");
        if (!c.has("maxSkew") || key.isEmpty()) {
            c.wrong(key.isEmpty() ? "topologyKey" : "maxSkew", "Required value");
        }
        if (!action.equals("DoNotSchedule") && !action.equals("ScheduleAnyway")) {
            c.wrong("whenUnsatisfiable", "Unsupported value: \"" + action
                    + "\": supported values: \"DoNotSchedule\", \"ScheduleAnyway\"");
        }
        if (c.has("labelSelector")) {
            c.wrong("labelSelector", "Forbidden: constraint must not define a selector, as they deduced for each pod");
        }
        c.any("labelSelector");
        c.end();
        return new Constraint(Math.max(1, skew), key, action.equals("DoNotSchedule"));
    }
}

package io.k3j.schedulerconfig;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which plug-ins a profile has, by upstream's rules: those of `multiPoint`, which begins with the default ones, work
/// wherever they can, unless they are disabled at a point; what is enabled at a point prevails there. See
/// <https://kubernetes.io/docs/reference/scheduling/config/#multipoint>.
final class ProfilePlugins {
    private static final String ALL = "*";
    private static final String VOLUMES = "VolumeBinding";
    private static final String ZONES = "VolumeZone";
    private final Fields plugins;
    private final Map<String, PluginSet> sets = new HashMap<>();
    /// By name; a weight of 0 is the default one.
    private final Map<String, Long> everywhere = new LinkedHashMap<>();

    /// What is said of a point.
    ///
    /// @param enabled weights by name; 0 where none is given
    private record PluginSet(Map<String, Long> enabled, Set<String> disabled) {
        static final PluginSet NONE = new PluginSet(Map.of(), Set.of());

        boolean disables(String plugin) {
            return disabled.contains(ALL) || disabled.contains(plugin);
        }
    }

    ProfilePlugins(Fields plugins) {
        this.plugins = plugins;
        Set<String> points = new LinkedHashSet<>(List.of(ExtensionPoints.MULTI, ExtensionPoints.FILTER,
                ExtensionPoints.SCORE, ExtensionPoints.POST_FILTER));
        points.addAll(ExtensionPoints.FOLLOWERS.keySet());
        points.addAll(ExtensionPoints.FIXED.keySet());
        points.addAll(ExtensionPoints.EMPTY);
        points.forEach(point -> sets.put(point, set(point)));
        plugins.end();
        PluginSet multi = sets.getOrDefault(ExtensionPoints.MULTI, PluginSet.NONE);
        ExtensionPoints.plugins().stream().filter(p -> !multi.disables(p)).forEach(p -> everywhere.put(p, 0L));
        multi.enabled().forEach((plugin, weight) -> everywhere.put(plugin, weight == 0 ? 1 : weight));
    }

    private PluginSet set(String point) {
        Fields set = plugins.fields(point);
        Map<String, Long> enabled = new LinkedHashMap<>();
        for (Fields plugin : set.list("enabled")) {
            String name = plugin.text("name", "");
            if (enabled.put(name, plugin.whole("weight", 0, 0, Integer.MAX_VALUE, "must not be negative")) != null) {
                plugin.wrong("name", "plugin \"" + name + "\" already registered as \"" + name + "\"");
            }
            known(plugin, point, name);
            plugin.end();
        }
        Set<String> disabled = new HashSet<>();
        for (Fields plugin : set.list("disabled")) {
            disabled.add(plugin.text("name", ""));
            plugin.any("weight");
            plugin.end();
        }
        set.end();
        return new PluginSet(enabled, disabled);
    }

    private static void known(Fields plugin, String point, String name) {
        boolean multi = point.equals(ExtensionPoints.MULTI);
        Set<String> can = multi ? ExtensionPoints.plugins() : ExtensionPoints.defaults(point).keySet();
        if (!can.contains(name)) {
            boolean exists = ExtensionPoints.plugins().contains(name);
            plugin.wrong("name", (exists ? "plugin \"" + name + "\" does not extend " + point + " plugin"
                    : "plugin \"" + name + "\" does not exist") + "; there are "
                    + (can.isEmpty() ? "none" : String.join(", ", can)));
        }
    }

    /// The plug-ins that work at a point, with their weights.
    Map<String, Long> at(String point) {
        PluginSet own = sets.getOrDefault(point, PluginSet.NONE);
        Map<String, Long> all = new LinkedHashMap<>();
        ExtensionPoints.defaults(point).forEach((plugin, weight) -> {
            Long given = own.enabled().get(plugin);
            Long general = everywhere.get(plugin);
            if (given != null) {
                all.put(plugin, given == 0 ? 1 : given);
            } else if (general != null && !own.disables(plugin)) {
                all.put(plugin, general == 0 ? weight : general);
            }
        });
        return all;
    }

    /// Tells of what is asked for that this scheduler does not do.
    void check() {
        ExtensionPoints.FIXED.forEach((point, plugin) -> {
            if (!at(point).containsKey(plugin)) {
                plugins.wrong(point, plugin + " is always there in K3j; do not disable it, or enable it again");
            }
        });
        ExtensionPoints.FOLLOWERS.forEach((point, decides) -> {
            Set<String> working = at(decides).keySet();
            ExtensionPoints.defaults(point).keySet().stream()
                    .filter(p -> working.contains(p) && !at(point).containsKey(p))
                    .forEach(p -> plugins.wrong(point, p + " is disabled here but not at " + decides
                            + ", which needs it; disable it there, too"));
        });
        Set<String> filters = at(ExtensionPoints.FILTER).keySet();
        if (filters.contains(VOLUMES) != filters.contains(ZONES)) {
            plugins.wrong(ExtensionPoints.FILTER,
                    VOLUMES + " and " + ZONES + " work together in K3j; enable or disable both");
        }
    }
}

package io.k3j.launcher;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// What the command line, the environment and the configuration files ask for, with K3s' defaults filled
/// in and checked as far as that is possible without starting anything.
///
/// @param role `server` or `agent`
/// @param dataDir the data directory
/// @param settings flag name in camel case (`clusterCidr`) to `String`, `Boolean` or, for flags that may be
///        repeated, `String[]`; absent flags without a default are absent
/// @param disabled words that are not wanted: those of `--disable` and of every `--disable-<word>`
/// @param whereSet flag name in camel case to where it was set (`command line`, `config.yaml:3`), for messages
public record LaunchPlan(String role, Path dataDir, Map<String, Object> settings, Set<String> disabled,
        Map<String, String> whereSet) {
    /// Copies the collections.
    public LaunchPlan {
        settings = Map.copyOf(settings);
        disabled = Set.copyOf(disabled);
        whereSet = Map.copyOf(whereSet);
    }

    /// The setting as text, or `otherwise`.
    public String text(String key, String otherwise) {
        return settings.get(key) instanceof String s && !s.isEmpty() ? s : otherwise;
    }

    /// Whether the setting is true.
    public boolean flag(String key) {
        return settings.get(key) instanceof Boolean b && b;
    }
}

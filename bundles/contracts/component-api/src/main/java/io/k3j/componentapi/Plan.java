package io.k3j.componentapi;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// What the user asked for, after flags, environment and configuration files are taken together and K3s'
/// defaults are filled in. A service of the launcher, read by `features`, and by `supervisor` for the critical flags of
/// every feature and where they were set: everybody else gets their settings through their configuration PID.
///
/// @param role `server` or `agent`
/// @param dataDir the data directory
/// @param features the directory with `roles/<role>.json` and `<name>/feature.json`
/// @param settings flag name in camel case to `String`, `Boolean` or `String[]`
/// @param disabled words that are not wanted
/// @param whereSet flag name in camel case to where it was set, for messages
public record Plan(String role, Path dataDir, Path features, Map<String, Object> settings, Set<String> disabled,
        Map<String, String> whereSet) {
    /// Copies the collections.
    public Plan {
        settings = Map.copyOf(settings);
        disabled = Set.copyOf(disabled);
        whereSet = Map.copyOf(whereSet);
    }
}

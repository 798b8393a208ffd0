package io.k3j.plugins;

import io.k3j.componentapi.Components.Component;
import io.k3j.componentapi.HealthLevel;
import io.k3j.featuremodel.Feature;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The plug-ins that were sound and do not run because of what they did, as `k3s bundle ls` shows them. Thread-safe.
final class FailedPlugins {
    private final InstantSource clock;
    private final Map<String, Failed> byFile = new ConcurrentHashMap<>();

    /// One of them.
    ///
    /// @param since when that was told
    private record Failed(Feature feature, String reason, Instant since) {
    }

    /// @param clock the time of day, which is shown
    FailedPlugins(InstantSource clock) {
        this.clock = clock;
    }

    /// One does not run from now on.
    void add(Plugin plugin, String reason) {
        byFile.put(plugin.file(), new Failed(plugin.feature(), reason, clock.instant()));
    }

    /// The file holds something else, or has gone.
    void remove(String file) {
        byFile.remove(file);
    }

    /// How many files there are of them.
    int count() {
        return byFile.size();
    }

    /// Their bundles.
    List<Component> components() {
        return byFile.values().stream().flatMap(one -> one.feature.bundles().stream().map(part -> component(one, part)))
                .toList();
    }

    /// Stopped for good, as far as anybody who lists bundles is concerned; the reason says what brings it back.
    private static Component component(Failed one, Feature.Part part) {
        return new Component(one.feature.nameOf(part), part.symbolicName(), "", "FAILED",
                HealthLevel.STOPPED, one.reason, part.swap(), one.since.toString());
    }
}

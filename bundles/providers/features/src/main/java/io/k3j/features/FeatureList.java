package io.k3j.features;

import io.k3j.componentapi.Components;
import io.k3j.featuremodel.DesiredFeatures;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.Roster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// The features of this process as `k3s component` shows them.
final class FeatureList {
    private static final String ACTIVE = "ACTIVE";
    private final Roster roster;
    private final ComponentList bundles;
    private final Supplier<List<Components.Feature>> refused;

    /// @param refused what the plugin directory holds that does not run
    FeatureList(Roster roster, ComponentList bundles, Supplier<List<Components.Feature>> refused) {
        this.roster = roster;
        this.bundles = bundles;
        this.refused = refused;
    }

    /// All of them, by name.
    List<Components.Feature> all() {
        List<Components.Feature> all = new ArrayList<>();
        roster.ofRole().forEach(feature -> all.add(shown(feature)));
        all.addAll(refused.get());
        all.sort(Comparator.comparing(Components.Feature::name));
        return all;
    }

    /// Those that a name or word of `--disable` stands for.
    List<Components.Feature> named(String name) {
        return roster.ofRole().stream().filter(feature -> feature.namedBy(Set.of(name))).map(this::shown).toList();
    }

    private Components.Feature shown(Feature feature) {
        DesiredFeatures.Left left = roster.now().desired().left().get(feature.name());
        if (left != null) {
            return new Components.Feature(feature.name(), "DISABLED", left.decided(), feature.needs(), List.of(),
                    left.reason());
        }
        List<Components.Component> parts = bundles.of(feature);
        String faults = parts.stream().filter(part -> !part.state().equals(ACTIVE)).findFirst()
                .map(part -> part.symbolicName() + " is " + part.state() + (part.message().isEmpty() ? ""
                        : ": " + part.message()))
                .orElse("");
        return new Components.Feature(feature.name(), faults.isEmpty() ? "ENABLED" : "FAILED", decided(feature),
                feature.needs(), parts, faults);
    }

    private String decided(Feature feature) {
        Roster.Now now = roster.now();
        if (now.plugins().contains(feature)) {
            return "plugins";
        }
        if (now.decisions().cluster().containsKey(feature.name())) {
            return "cluster";
        }
        return now.decisions().enabled().contains(feature.name()) ? "operator" : "default";
    }
}

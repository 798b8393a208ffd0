package io.k3j.features;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which features run. Pure.
///
/// @param features in order of start
/// @param unknown words that name no feature; they may name manifests of users
record Wanted(List<Feature> features, Set<String> unknown) {
    /// The role's list without what is disabled by word or excluded by a setting.
    /// @throws FeatureProblem when the role or a feature names one that does not exist
    static Wanted of(List<String> role, Map<String, Feature> all, Set<String> disabled, Map<String, Object> settings) {
        List<Feature> wanted = new ArrayList<>();
        for (String name : role) {
            Feature feature = all.get(name);
            if (feature == null) {
                throw new FeatureProblem("the role list names the feature " + name + ", which does not exist");
            }
            if (!feature.calledBy(disabled) && !excluded(feature, settings)) {
                wanted.add(feature);
            }
        }
        Set<String> unknown = new LinkedHashSet<>(disabled);
        unknown.removeIf(word -> all.values().stream().anyMatch(feature -> feature.calledBy(Set.of(word))));
        return new Wanted(List.copyOf(wanted), unknown);
    }

    private static boolean excluded(Feature feature, Map<String, Object> settings) {
        return feature.unless().entrySet().stream()
                .anyMatch(condition -> holds(settings.get(condition.getKey()), condition.getValue()));
    }

    private static boolean holds(@Nullable Object setting, String value) {
        if (setting == null || setting.toString().isEmpty()) {
            return false;
        }
        return value.equals("*") ? !setting.equals(false) : value.equals(setting.toString());
    }

    List<String> names() {
        return features.stream().map(Feature::name).toList();
    }
}

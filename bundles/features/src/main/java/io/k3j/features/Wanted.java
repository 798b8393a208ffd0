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
    /// What K3s packages or runs and can be told to leave out, as `--disable` and `--disable-…` call it.
    static final Set<String> PACKAGED_BY_K3S = Set.of("coredns", "servicelb", "traefik", "traefik-crd", "local-storage",
            "metrics-server", "runtimes", "helm-controller", "network-policy", "cloud-controller", "ccm");

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
        return feature.unless().entrySet().stream().anyMatch(one -> holds(settings.get(one.getKey()), one.getValue()))
                || !feature.when().entrySet().stream()
                        .allMatch(one -> holds(settings.get(one.getKey()), one.getValue()));
    }

    /// Whether a setting fits one of the patterns between the bars: a value, the beginning of one with `*` at the
    /// end, or `*` alone for any.
    private static boolean holds(@Nullable Object setting, String patterns) {
        if (setting == null || setting.toString().isEmpty()) {
            return false;
        }
        for (String pattern : patterns.split("\\|")) {
            boolean begins = pattern.endsWith("*")
                    && setting.toString().startsWith(pattern.substring(0, pattern.length() - 1));
            if (pattern.equals("*") ? !setting.equals(false) : begins || pattern.equals(setting.toString())) {
                return true;
            }
        }
        return false;
    }

    List<String> names() {
        return features.stream().map(Feature::name).toList();
    }
}

package io.k3j.features;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Decides which features run.
///
/// @param features in order of start
/// @param unknown words that name no feature; they may name manifests of users
record DesiredFeatures(List<Feature> features, Set<String> unknown) {
    /// Components K3s packages or runs, by the words that `--disable` and `--disable-…` use for them.
    static final Set<String> PACKAGED_BY_K3S = Set.of("coredns", "servicelb", "traefik", "traefik-crd", "local-storage",
            "metrics-server", "runtimes", "helm-controller", "network-policy", "cloud-controller", "ccm");

    /// The role's features without those disabled by word or excluded by a setting.
    /// @throws FeatureProblem when the role names a feature that does not exist
    static DesiredFeatures of(List<String> role, Map<String, Feature> all, Set<String> disabled,
            Map<String, Object> settings) {
        List<Feature> wanted = new ArrayList<>();
        for (String name : role) {
            Feature feature = all.get(name);
            if (feature == null) {
                throw new FeatureProblem("the role list names the feature " + name + ", which does not exist");
            }
            if (!feature.namedBy(disabled) && !excluded(feature, settings)) {
                wanted.add(feature);
            }
        }
        Set<String> unknown = new LinkedHashSet<>(disabled);
        unknown.removeIf(word -> all.values().stream().anyMatch(feature -> feature.namedBy(Set.of(word))));
        return new DesiredFeatures(List.copyOf(wanted), unknown);
    }

    private static boolean excluded(Feature feature, Map<String, Object> settings) {
        return feature.unless().entrySet().stream()
                .anyMatch(entry -> matches(settings.get(entry.getKey()), entry.getValue()))
                || !feature.when().entrySet().stream()
                        .allMatch(entry -> matches(settings.get(entry.getKey()), entry.getValue()));
    }

    /// Whether a setting matches one of the patterns, which are separated by bars: a value, a prefix followed
    /// by `*`, or `*` alone for any value.
    private static boolean matches(@Nullable Object setting, String patterns) {
        if (setting == null || setting.toString().isEmpty()) {
            return false;
        }
        for (String pattern : patterns.split("\\|")) {
            boolean hasPrefix = pattern.endsWith("*")
                    && setting.toString().startsWith(pattern.substring(0, pattern.length() - 1));
            if (pattern.equals("*") ? !setting.equals(false) : hasPrefix || pattern.equals(setting.toString())) {
                return true;
            }
        }
        return false;
    }

    /// The settings with two more, for the add-on deployer: `packagedManifests` and `withdrawnManifests`, the features
    /// with manifests that are wanted, and those that are not, of which it removes what it deployed.
    Map<String, Object> withManifests(Map<String, Feature> all, Map<String, Object> settings) {
        Map<String, Object> more = new HashMap<>(settings);
        Map<Boolean, List<String>> names = all.values().stream().filter(feature -> feature.manifests().isPresent())
                .collect(Collectors.partitioningBy(features::contains,
                        Collectors.mapping(Feature::name, Collectors.toList())));
        more.put("packagedManifests", names.getOrDefault(true, List.of()).toArray(String[]::new));
        more.put("withdrawnManifests", names.getOrDefault(false, List.of()).toArray(String[]::new));
        return more;
    }

    List<String> names() {
        return features.stream().map(Feature::name).toList();
    }
}

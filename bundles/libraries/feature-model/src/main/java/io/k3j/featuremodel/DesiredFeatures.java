package io.k3j.featuremodel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Decides which features run: *role list and plug-ins − disabled + enabled, and of those the ones whose needs run*.
/// Pure.
///
/// @param features in order of start
/// @param unknown words that name no feature; they may name manifests of users
/// @param left the features of the role that do not run, with the reason
public record DesiredFeatures(List<Feature> features, Set<String> unknown, Map<String, Left> left) {
    /// Components K3s packages or runs, by the words that `--disable` and `--disable-…` use for them.
    public static final Set<String> PACKAGED_BY_K3S = Set.of("coredns", "servicelb", "traefik", "traefik-crd",
            "local-storage", "metrics-server", "runtimes", "helm-controller", "network-policy", "cloud-controller",
            "ccm");

    /// The word of all that a node consists of; what it takes away an operator cannot bring back alone.
    static final String NODE = "agent";

    /// Why a feature does not run.
    ///
    /// @param decided `--disable`, `settings`, `operator`, `cluster` or `needs`
    /// @param reason a sentence with what to type
    public record Left(String decided, String reason) {
    }

    /// What is decided from.
    ///
    /// @param role names in order of start
    /// @param all every feature there is, by name
    /// @param disabled words of the flags
    /// @param settings values of the flags
    /// @param decisions of an operator
    record Wishes(List<String> role, Map<String, Feature> all, Set<String> disabled, Map<String, Object> settings,
            Decisions decisions) {
    }

    /// As below, without decisions of an operator.
    public static DesiredFeatures of(List<String> role, Map<String, Feature> all, Set<String> disabled,
            Map<String, Object> settings) {
        return of(new Wishes(role, all, disabled, settings, Decisions.NONE));
    }

    /// The role's features that are to run.
    /// @throws FeatureProblem when the role names a feature that does not exist
    static DesiredFeatures of(Wishes wishes) {
        List<Feature> wanted = new ArrayList<>();
        Map<String, Left> left = new LinkedHashMap<>();
        for (String name : wishes.role) {
            Feature feature = wishes.all.get(name);
            if (feature == null) {
                throw new FeatureProblem("the role list names the feature " + name + ", which does not exist");
            }
            Left reason = reason(feature, wishes);
            if (reason == null) {
                wanted.add(feature);
            } else {
                left.put(name, reason);
            }
        }
        withoutNeeds(wanted, left);
        Set<String> unknown = new LinkedHashSet<>(wishes.disabled);
        unknown.removeIf(word -> wishes.all.values().stream().anyMatch(feature -> feature.namedBy(Set.of(word))));
        return new DesiredFeatures(List.copyOf(wanted), unknown, left);
    }

    /// Why a feature is not wanted, its needs not looked at; null when it is. What the cluster has decided comes first,
    /// then an operator, then the flags.
    private static @Nullable Left reason(Feature feature, Wishes wishes) {
        String name = feature.name();
        if (Boolean.FALSE.equals(wishes.decisions.cluster().get(name))) {
            return new Left("cluster", "disabled for the cluster; to run it on all servers: k3s component enable "
                    + name + " --cluster");
        }
        if (wishes.decisions.allDisabled().contains(name)) {
            return new Left("operator", "disabled by an operator; to run it: k3s component enable " + name);
        }
        if (wishes.disabled.contains(NODE) && feature.words().contains(NODE)) {
            return new Left("--disable", "part of a node, and this server is none (--disable-agent)");
        }
        if (feature.namedBy(wishes.disabled) && !wishes.decisions.allEnabled().contains(name)) {
            return new Left("--disable", "disabled by a flag; to run it on this server: k3s component enable " + name
                    + "; on all: take it from --disable");
        }
        return excluded(feature, wishes.settings)
                ? new Left("settings", "not used with this server's flags " + feature.conditions()) : null;
    }

    /// Takes out what needs something that is not wanted, until nothing does.
    private static void withoutNeeds(List<Feature> wanted, Map<String, Left> left) {
        for (boolean again = true; again;) {
            List<Feature> now = List.copyOf(wanted);
            again = wanted.removeIf(feature -> {
                String missing = feature.missing(now);
                if (!missing.isEmpty()) {
                    left.put(feature.name(), new Left("needs", "needs " + missing + ", which does not run here"
                            + "; see: k3s component status " + missing));
                }
                return !missing.isEmpty();
            });
        }
    }

    /// Whether the settings say that it is not for this process.
    private static boolean excluded(Feature feature, Map<String, Object> settings) {
        return feature.unless().entrySet().stream()
                .anyMatch(entry -> matches(settings.get(entry.getKey()), entry.getValue()))
                || !feature.when().entrySet().stream()
                        .allMatch(entry -> matches(settings.get(entry.getKey()), entry.getValue()));
    }

    /// Whether a setting matches one of the patterns, which are separated by bars: a value, a prefix followed
    /// by `*`, or `*` alone for any value. Of a list one value has to match.
    private static boolean matches(@Nullable Object setting, String patterns) {
        if (setting instanceof String[] list) {
            return Arrays.stream(list).anyMatch(one -> matches(one, patterns));
        }
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
    public Map<String, Object> withManifests(Map<String, Feature> all, Map<String, Object> settings) {
        Map<String, Object> more = new HashMap<>(settings);
        Map<Boolean, List<String>> names = all.values().stream().filter(feature -> feature.manifests().isPresent())
                .collect(Collectors.partitioningBy(features::contains,
                        Collectors.mapping(Feature::name, Collectors.toList())));
        more.put("packagedManifests", names.getOrDefault(true, List.of()).toArray(String[]::new));
        more.put("withdrawnManifests", names.getOrDefault(false, List.of()).toArray(String[]::new));
        return more;
    }

    /// Their names, in order of start.
    public List<String> names() {
        return features.stream().map(Feature::name).toList();
    }
}

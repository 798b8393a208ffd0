package io.k3j.resourcesbuiltin;

import io.k3j.componentbase.ConfigurationMap;
import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import io.k3j.model.Gvr;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Which built-in APIs are served beyond those that upstream serves by default: `runtime-config` and `feature-gates` of
/// `--kube-apiserver-arg`, as upstream's `resourceconfig`
/// (<https://kubernetes.io/docs/reference/using-api/#enabling-or-disabling>). A resource's own word prevails over its
/// version's, that over `api/ga`, `api/beta` or `api/alpha`, and that over `api/all`. What is served by default cannot
/// be switched off. A value; any thread.
///
/// @param overrides by key, as `certificates.k8s.io/v1beta1`; empty for true
/// @param gates those of the API server
record ApiEnablement(Map<String, String> overrides, FeatureGates gates) {
    /// What is served when nobody says anything.
    static final ApiEnablement DEFAULT = new ApiEnablement(Map.of(), FeatureGates.NONE);
    private static final String FLAG = "--kube-apiserver-arg";
    private static final String ARGUMENT = "runtime-config";
    private static final String ALL = "api/all";
    private static final List<String> STAGES = List.of(ALL, "api/ga", "api/beta", "api/alpha");

    /// Copies the map; what is wrong is told in its order.
    ApiEnablement {
        overrides = Collections.unmodifiableMap(new LinkedHashMap<>(overrides));
    }

    /// @param arguments all values of `--kube-apiserver-arg`
    /// @throws IllegalArgumentException for wrong feature gates
    static ApiEnablement of(String... arguments) {
        return new ApiEnablement(ConfigurationMap.of(ARGUMENT, arguments), FeatureGates.of(FLAG, arguments));
    }

    /// Whether a resource is served.
    ///
    /// @param byDefault whether its version is, as upstream has it
    /// @param gate the feature gate that it needs, too
    boolean serves(Gvr resource, boolean byDefault, Optional<FeatureGate> gate) {
        boolean wanted = word(key(resource)).or(() -> word(resource.apiVersion()))
                .or(() -> word(stage(resource.version()))).or(() -> word(ALL)).orElse(byDefault);
        return wanted && gate.map(gates::enabled).orElse(true);
    }

    private static String key(Gvr resource) {
        return resource.apiVersion() + "/" + resource.resource();
    }

    private static String stage(String version) {
        return version.contains("alpha") ? "api/alpha" : version.contains("beta") ? "api/beta" : "api/ga";
    }

    private Optional<Boolean> word(String key) {
        String value = overrides.get(key);
        return value == null ? Optional.empty() : Optional.of(value.isEmpty() || bool(key, value));
    }

    private static boolean bool(String key, String value) {
        return ConfigurationMap.bool(value).orElseThrow(() -> new IllegalArgumentException(
                FLAG + "=" + ARGUMENT + "=" + key + "=" + value + ": invalid value of " + key + ": " + value
                        + "; write true or false"));
    }

    /// Refuses what is no truth, an API that nobody has, and the end of one that is served by default.
    ///
    /// @param known all resources there are, with whether they are served by default
    /// @throws IllegalArgumentException naming the argument
    void check(Map<Gvr, Boolean> known) {
        for (String key : overrides.keySet()) {
            boolean on = word(key).orElse(true);
            boolean stage = STAGES.contains(key);
            boolean there = stage || known.keySet().stream().anyMatch(gvr -> of(gvr, key));
            boolean ends = !on && known.entrySet().stream()
                    .anyMatch(e -> e.getValue() && (stage ? staged(e.getKey(), key) : of(e.getKey(), key)));
            String given = FLAG + "=" + ARGUMENT + "=" + key + "=" + on;
            if (ends) {
                throw new IllegalArgumentException(given + " is not supported yet by K3j, which always serves what is"
                        + " served by default; leave it out, see docs/compatibility.md");
            }
            if (on && !there) {
                throw new IllegalArgumentException(given + ": " + key + " has not been registered; K3j can switch on "
                        + optional(known) + ", leave others out, see docs/compatibility.md");
            }
        }
    }

    private static boolean of(Gvr resource, String key) {
        return key.equals(resource.apiVersion()) || key.equals(key(resource));
    }

    private static boolean staged(Gvr resource, String key) {
        return key.equals(ALL) || key.equals(stage(resource.version()));
    }

    private static String optional(Map<Gvr, Boolean> known) {
        TreeSet<String> all = new TreeSet<>();
        known.forEach((resource, byDefault) -> {
            if (!byDefault) {
                all.add(key(resource));
            }
        });
        return String.join(", ", all);
    }
}

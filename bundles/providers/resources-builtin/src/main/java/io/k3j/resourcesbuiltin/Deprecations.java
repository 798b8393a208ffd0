package io.k3j.resourcesbuiltin;

import io.k3j.model.Gvk;
import java.util.Map;

/// Which built-in kinds are deprecated, in the words of upstream's warning
/// (<https://kubernetes.io/docs/reference/using-api/deprecation-policy/>). Of those that are on by default none goes
/// with a later version.
final class Deprecations {
    private static final Map<Gvk, String> WARNINGS = Map.of(Gvk.of("v1", "ComponentStatus"),
            "v1 ComponentStatus is deprecated in v1.19+", Gvk.of("v1", "Endpoints"),
            "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");

    private Deprecations() {
    }

    /// Empty for a kind that is not.
    static String of(Gvk kind) {
        return WARNINGS.getOrDefault(kind, "");
    }
}

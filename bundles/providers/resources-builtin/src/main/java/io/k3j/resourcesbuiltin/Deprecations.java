package io.k3j.resourcesbuiltin;

import io.k3j.model.Gvk;
import java.util.Map;

/// Which built-in kinds are deprecated, in the words of upstream's warning
/// (<https://kubernetes.io/docs/reference/using-api/deprecation-policy/>). Of those that are on by default none goes
/// with a later version; the words of one that does tell with which.
final class Deprecations {
    private static final Map<Gvk, String> WARNINGS = Map.of(Gvk.of("v1", "ComponentStatus"),
            "v1 ComponentStatus is deprecated in v1.19+", Gvk.of("v1", "Endpoints"),
            "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
            Gvk.of("certificates.k8s.io/v1alpha1", "ClusterTrustBundle"),
            "certificates.k8s.io/v1alpha1 ClusterTrustBundle is deprecated in v1.34+, unavailable in v1.37+");

    private Deprecations() {
    }

    /// Empty for a kind that is not.
    static String of(Gvk kind) {
        return WARNINGS.getOrDefault(kind, "");
    }
}

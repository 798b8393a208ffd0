package io.k3j.resourcequota;

import io.k3j.model.Gvr;
import java.util.Map;

/// The evaluator of each resource. Whatever has none of its own is counted. Pure.
final class Evaluators {
    private static final Map<String, Evaluator> OWN = Map.of("/pods", new PodEvaluator(), "/services",
            new ServiceEvaluator(), "/persistentvolumeclaims", new ClaimEvaluator(),
            "resource.k8s.io/resourceclaims", new DeviceClaimEvaluator());
    private static final Map<String, String> ALIASES = Map.of("configmaps", "configmaps", "secrets", "secrets",
            "replicationcontrollers", "replicationcontrollers", "resourcequotas", "resourcequotas");

    private Evaluators() {
    }

    static Evaluator of(Gvr resource) {
        Evaluator own = OWN.get(resource.group() + "/" + resource.resource());
        if (own != null) {
            return own;
        }
        String alias = resource.group().isEmpty() ? ALIASES.getOrDefault(resource.resource(), "") : "";
        return ObjectCountEvaluator.of(resource.group(), resource.resource(), alias);
    }

    /// Whether objects of a resource are worth more than being counted, so that a view needs all of them.
    static boolean readsObjects(Gvr resource) {
        return OWN.containsKey(resource.group() + "/" + resource.resource());
    }

    /// Events count for no quota.
    static boolean ignored(Gvr resource) {
        return resource.resource().equals("events")
                && (resource.group().isEmpty() || resource.group().equals("events.k8s.io"));
    }
}

package io.k3j.authnode;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import java.util.List;
import java.util.Set;

/// What every kubelet may do independent of its pods: the corresponding rules of the cluster role
/// `system:node`.
final class NodeRules {
    private static final Set<String> READ = Set.of("get", "list", "watch");
    private static final List<Rule> RULES = List.of(
            rule("authentication.k8s.io", "tokenreviews", "create"),
            rule("authorization.k8s.io", "subjectaccessreviews", "create"),
            rule("authorization.k8s.io", "localsubjectaccessreviews", "create"),
            rule("", "services", "get", "list", "watch"),
            rule("", "nodes", "create", "get", "list", "watch", "update", "patch"),
            rule("", "nodes/status", "update", "patch"), rule("", "events", "create", "update", "patch"),
            rule("events.k8s.io", "events", "create", "update", "patch"),
            rule("", "pods", "get", "list", "watch", "create", "delete"), rule("", "pods/status", "update", "patch"),
            rule("", "pods/eviction", "create"), rule("", "endpoints", "get"),
            rule("certificates.k8s.io", "certificatesigningrequests", "create", "get", "list", "watch"),
            rule("storage.k8s.io", "csidrivers", "get", "list", "watch"),
            rule("node.k8s.io", "runtimeclasses", "get", "list", "watch"));
    private static final Rule TRUST_BUNDLES = rule("certificates.k8s.io", "clustertrustbundles", "get", "list",
            "watch");

    private NodeRules() {
    }

    private record Rule(String group, String resource, Set<String> verbs) {
        boolean allows(Attributes what) {
            String wanted = what.subresource().isEmpty() ? what.resource()
                    : what.resource() + "/" + what.subresource();
            return group.equals(what.group()) && resource.equals(wanted) && verbs.contains(what.verb());
        }
    }

    private static Rule rule(String group, String resource, String... verbs) {
        return new Rule(group, resource, Set.of(verbs));
    }

    /// Whether a rule allows this.
    ///
    /// @param gates of the API server, which may add rules
    static boolean allow(Attributes what, FeatureGates gates) {
        if (gates.enabled(FeatureGate.CLUSTER_TRUST_BUNDLE) && TRUST_BUNDLES.allows(what)) {
            return true;
        }
        for (Rule r : RULES) {
            if (r.allows(what)) {
                return true;
            }
        }
        return false;
    }

    /// Whether the verb only reads.
    static boolean reads(Attributes what) {
        return READ.contains(what.verb());
    }
}

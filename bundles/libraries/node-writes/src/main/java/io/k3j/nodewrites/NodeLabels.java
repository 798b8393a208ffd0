package io.k3j.nodewrites;

import java.util.Set;

/// The Node labels that a kubelet may not set. Pure. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction>.
final class NodeLabels {
    private static final String RESERVED = "node-restriction.kubernetes.io/";
    private static final Set<String> ALLOWED = Set.of("kubernetes.io/hostname", "kubernetes.io/arch",
            "kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/os", "beta.kubernetes.io/instance-type",
            "node.kubernetes.io/instance-type", "failure-domain.beta.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/region", "topology.kubernetes.io/zone");

    private NodeLabels() {
    }

    /// Whether a kubelet is refused a change of this label. It may set well-known labels, and any outside
    /// `kubernetes.io` and `k8s.io`.
    static boolean forbidden(String key) {
        int slash = key.indexOf('/');
        String domain = slash < 0 ? "" : key.substring(0, slash);
        if (key.startsWith(RESERVED) || domain.endsWith(".node-restriction.kubernetes.io")) {
            return true;
        }
        boolean system = domain.equals("kubernetes.io") || domain.endsWith(".kubernetes.io") || domain.equals("k8s.io")
                || domain.endsWith(".k8s.io");
        boolean kubelets = domain.equals("kubelet.kubernetes.io") || domain.endsWith(".kubelet.kubernetes.io")
                || domain.equals("node.kubernetes.io") || domain.endsWith(".node.kubernetes.io");
        return system && !kubelets && !ALLOWED.contains(key);
    }
}

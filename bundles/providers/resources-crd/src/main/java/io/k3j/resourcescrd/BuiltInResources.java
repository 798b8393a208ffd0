package io.k3j.resourcescrd;

import java.util.Map;
import java.util.Set;

/// The resources of Kubernetes' own in groups that a definition can name. Who defines one of them once more has a
/// definition, as upstream, but no API: the objects of two of them lie where those of such a definition would, and
/// rules and versions of the others are not its own. Groups without a dot are refused.
final class BuiltInResources {
    private static final Map<String, Set<String>> BY_GROUP = Map.ofEntries(
            Map.entry("admissionregistration.k8s.io", Set.of("mutatingadmissionpolicies",
                    "mutatingadmissionpolicybindings", "mutatingwebhookconfigurations", "validatingadmissionpolicies",
                    "validatingadmissionpolicybindings", "validatingwebhookconfigurations")),
            Map.entry("apiextensions.k8s.io", Set.of("customresourcedefinitions")),
            Map.entry("apiregistration.k8s.io", Set.of("apiservices")),
            Map.entry("authentication.k8s.io", Set.of("selfsubjectreviews", "tokenreviews")),
            Map.entry("authorization.k8s.io", Set.of("localsubjectaccessreviews", "selfsubjectaccessreviews",
                    "selfsubjectrulesreviews", "subjectaccessreviews")),
            Map.entry("certificates.k8s.io", Set.of("certificatesigningrequests", "clustertrustbundles",
                    "podcertificaterequests")),
            Map.entry("coordination.k8s.io", Set.of("leases")),
            Map.entry("discovery.k8s.io", Set.of("endpointslices")),
            Map.entry("events.k8s.io", Set.of("events")),
            Map.entry("flowcontrol.apiserver.k8s.io", Set.of("flowschemas", "prioritylevelconfigurations")),
            Map.entry("networking.k8s.io", Set.of("ingressclasses", "ingresses", "ipaddresses", "networkpolicies",
                    "servicecidrs")),
            Map.entry("node.k8s.io", Set.of("runtimeclasses")),
            Map.entry("rbac.authorization.k8s.io", Set.of("clusterrolebindings", "clusterroles", "rolebindings",
                    "roles")),
            Map.entry("resource.k8s.io", Set.of("deviceclasses", "resourceclaims", "resourceclaimtemplates",
                    "resourceslices")),
            Map.entry("scheduling.k8s.io", Set.of("priorityclasses")),
            Map.entry("storage.k8s.io", Set.of("csidrivers", "csinodes", "csistoragecapacities", "storageclasses",
                    "volumeattachments", "volumeattributesclasses")));

    private BuiltInResources() {
    }

    /// Whether a group of Kubernetes' own has a resource.
    static boolean has(String group, String plural) {
        return BY_GROUP.getOrDefault(group, Set.of()).contains(plural);
    }
}

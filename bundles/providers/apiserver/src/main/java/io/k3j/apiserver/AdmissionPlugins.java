package io.k3j.apiserver;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The admission plug-ins of `--kube-apiserver-arg=enable-admission-plugins`, by upstream's names
/// (<https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/>).
final class AdmissionPlugins {
    private static final String FLAG = "--kube-apiserver-arg=enable-admission-plugins";
    /// There unless they are disabled, so that to enable them changes nothing.
    private static final Set<String> DEFAULT = Set.of("AlwaysAdmit", "CertificateApproval", "CertificateSigning",
            "CertificateSubjectRestriction", "ClusterTrustBundleAttest", "DefaultIngressClass", "DefaultStorageClass",
            "DefaultTolerationSeconds", "LimitRanger", "MutatingAdmissionPolicy", "MutatingAdmissionWebhook",
            "NamespaceLifecycle", "NodeDeclaredFeatureValidator", "NodeRestriction", "PersistentVolumeClaimResize",
            "PodResizeValidator", "PodSecurity", "PodTopologyLabels", "Priority", "ResourceQuota", "RuntimeClass",
            "ServiceAccount", "StorageObjectInUseProtection", "TaintNodesByCondition", "ValidatingAdmissionPolicy",
            "ValidatingAdmissionWebhook");
    /// There when they are enabled.
    private static final Set<String> OPTIONAL = Set.of("AlwaysDeny", "AlwaysPullImages",
            "DenyServiceExternalIPs", "EventRateLimit", "ExtendedResourceToleration", "ImagePolicyWebhook",
            "LimitPodHardAntiAffinityTopology", "NamespaceAutoProvision", "NamespaceExists",
            "OwnerReferencesPermissionEnforcement", "PodNodeSelector", "PodTolerationRestriction");

    private AdmissionPlugins() {
    }

    /// Those that are there because they are named.
    ///
    /// @throws IllegalArgumentException for a name that nobody knows, and one that is disabled, too
    static Set<String> enabled(Set<String> named, Set<String> disabled) {
        for (String plugin : named) {
            if (!DEFAULT.contains(plugin) && !OPTIONAL.contains(plugin)) {
                throw new IllegalArgumentException("enable-admission-plugins plugin \"" + plugin + "\" is unknown; "
                        + FLAG + " takes " + String.join(", ", all()));
            }
        }
        List<String> both = named.stream().filter(disabled::contains).toList();
        if (!both.isEmpty()) {
            throw new IllegalArgumentException(both + " in enable-admission-plugins and disable-admission-plugins"
                    + " overlapped; leave them out of one");
        }
        Set<String> enabled = new TreeSet<>(named);
        enabled.retainAll(OPTIONAL);
        return enabled;
    }

    private static Set<String> all() {
        Set<String> all = new TreeSet<>(DEFAULT);
        all.addAll(OPTIONAL);
        return all;
    }
}

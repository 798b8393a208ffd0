package io.k3j.componentbase;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The feature gates of Kubernetes 1.36 that do something here: upstream's names and defaults
/// (<https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/>). All of them are off.
/// What other gates switch is as upstream has it by default, or absent, and cannot be changed.
public enum FeatureGate {
    /// ClusterTrustBundles, where `runtime-config` has them served, too.
    CLUSTER_TRUST_BUNDLE("ClusterTrustBundle"),
    /// `clusterTrustBundle` in projected volumes.
    CLUSTER_TRUST_BUNDLE_PROJECTION("ClusterTrustBundleProjection", CLUSTER_TRUST_BUNDLE),
    /// PodCertificateRequests, where `runtime-config` has them served, too, and `podCertificate` in projected volumes.
    POD_CERTIFICATE_REQUEST("PodCertificateRequest"),
    /// Options of the kubelet's manager of CPUs that are of the alpha stage.
    CPU_MANAGER_POLICY_ALPHA_OPTIONS("CPUManagerPolicyAlphaOptions"),
    /// CBOR as a form of bodies and answers.
    CBOR_SERVING_AND_STORAGE("CBORServingAndStorage"),
    /// `maxUnavailable` of the rolling updates of StatefulSets.
    MAX_UNAVAILABLE_STATEFUL_SET("MaxUnavailableStatefulSet");

    private final String text;
    private final List<FeatureGate> needs;

    FeatureGate(String text, FeatureGate... needs) {
        this.text = text;
        this.needs = List.of(needs);
    }

    /// The gate's name, as `ClusterTrustBundle`.
    public String text() {
        return text;
    }

    /// What must be on for it to be on.
    public List<FeatureGate> needs() {
        return needs;
    }

    /// A gate by its name; empty when none of these is called so.
    public static Optional<FeatureGate> of(String text) {
        return Arrays.stream(values()).filter(gate -> gate.text.equals(text)).findFirst();
    }
}

package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureGatesTest {
    private static FeatureGates gates(String... arguments) {
        return FeatureGates.of("--kubelet-arg", arguments);
    }

    @Test
    void allAreOffUnlessTheyAreSwitchedOn() {
        assertThat(gates("max-pods=3")).isEqualTo(FeatureGates.NONE);
        FeatureGates both = gates("feature-gates=ClusterTrustBundle=true, kube:ClusterTrustBundleProjection = T,");
        assertThat(both.enabled(FeatureGate.CLUSTER_TRUST_BUNDLE)).isTrue();
        assertThat(both.enabled(FeatureGate.CLUSTER_TRUST_BUNDLE_PROJECTION)).isTrue();
        assertThat(both.enabled(FeatureGate.POD_CERTIFICATE_REQUEST)).isFalse();
        assertThat(gates("feature-gates=PodCertificateRequest=true").enabled(FeatureGate.POD_CERTIFICATE_REQUEST))
                .isTrue();
        assertThat(gates("feature-gates=MaxUnavailableStatefulSet=true").enabled())
                .containsExactly(FeatureGate.MAX_UNAVAILABLE_STATEFUL_SET);
        assertThat(gates("feature-gates=CPUManagerPolicyAlphaOptions=true,CPUManagerPolicyBetaOptions=true").enabled())
                .containsExactly(FeatureGate.CPU_MANAGER_POLICY_ALPHA_OPTIONS);
    }

    @Test
    void anArgumentThatIsGivenTwiceIsOneOfWhichTheLastValueCounts() {
        assertThat(gates("feature-gates=ClusterTrustBundle=true", "feature-gates=ClusterTrustBundleProjection=1")
                .enabled()).hasSize(2);
        assertThat(gates("feature-gates=ClusterTrustBundle=true", "feature-gates=ClusterTrustBundle=false"))
                .isEqualTo(FeatureGates.NONE);
    }

    @Test
    void whatIsAsItIsSaidToBeIsTaken() {
        assertThat(gates("feature-gates=NodeSwap=true,kube:GracefulNodeShutdown=1,DynamicResourceAllocation=true,"
                + "NodeDeclaredFeatures=true,PodCertificateRequest=true,RotateKubeletServerCertificate=true").enabled())
                .containsExactly(FeatureGate.POD_CERTIFICATE_REQUEST);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "Nonsense=true|unrecognized feature gate: Nonsense; K3j takes ClusterTrustBundle, ",
            "NodeSwap=false|cannot set feature gate NodeSwap to false, feature is locked to true; leave it out",
            "UserNamespacesSupport=false|cannot set feature gate UserNamespacesSupport to false, feature is locked to",
            "ClusterTrustBundle|missing bool value for ClusterTrustBundle; write ClusterTrustBundle=true",
            "ClusterTrustBundle=yes|invalid value of ClusterTrustBundle=yes; write true or false",
            "ClusterTrustBundleProjection=true|ClusterTrustBundleProjection is enabled, but depends on features that"
                    + " are disabled: [ClusterTrustBundle]; enable them"})
    void whatCannotBeIsRefused(String value, String message) {
        assertThatThrownBy(() -> gates("feature-gates=" + value)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--kubelet-arg=feature-gates: " + message);
    }

    @Test
    void truthIsReadAsGoReadsIt() {
        assertThat(ConfigurationMap.bool("TRUE")).contains(true);
        assertThat(ConfigurationMap.bool("F")).contains(false);
        assertThat(ConfigurationMap.bool("tRUE")).isEmpty();
        assertThat(ConfigurationMap.bool("on")).isEmpty();
    }

    @Test
    void aKeyWithoutAValueIsThere() {
        assertThat(ConfigurationMap.of("runtime-config", "runtime-config=api/beta,a/v1=false", "other=x=y"))
                .isEqualTo(Map.of("api/beta", "", "a/v1", "false"));
    }
}

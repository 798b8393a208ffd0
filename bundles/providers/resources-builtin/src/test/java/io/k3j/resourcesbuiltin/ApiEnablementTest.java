package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Gvk;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiEnablementTest {
    private static final String GATE = "feature-gates=ClusterTrustBundle=true";

    private static List<String> bundles(String... arguments) {
        return Kit.with(arguments).table().kinds().stream().filter(k -> k.gvk().kind().equals("ClusterTrustBundle"))
                .map(k -> k.gvk().version()).toList();
    }

    @Test
    void trustBundlesAreServedWhereTheGateAndTheVersionAreOn() {
        assertThat(bundles()).isEmpty();
        assertThat(bundles(GATE)).isEmpty();
        assertThat(bundles("runtime-config=certificates.k8s.io/v1beta1=true")).isEmpty();
        assertThat(bundles(GATE, "runtime-config=certificates.k8s.io/v1beta1=true")).containsExactly("v1beta1");
        assertThat(bundles(GATE, "runtime-config=certificates.k8s.io/v1alpha1/clustertrustbundles"))
                .containsExactly("v1alpha1");
    }

    @Test
    void theNarrowerWordPrevails() {
        assertThat(bundles(GATE, "runtime-config=api/all=true")).containsExactly("v1beta1", "v1alpha1");
        assertThat(bundles(GATE, "runtime-config=api/all=true,api/alpha=false")).containsExactly("v1beta1");
        assertThat(bundles(GATE, "runtime-config=api/beta=false", "runtime-config=certificates.k8s.io/v1beta1=1"))
                .containsExactly("v1beta1");
        assertThat(bundles(GATE, "runtime-config=api/beta=true,certificates.k8s.io/v1beta1/clustertrustbundles=false"))
                .isEmpty();
    }

    @Test
    void allVersionsShowWhatIsStoredInTheBetaVersion() {
        assertThat(Kit.with(GATE, "runtime-config=api/all=true").table().kinds())
                .filteredOn(k -> k.gvk().kind().equals("ClusterTrustBundle")).extracting(ResourceKind::storage)
                .allMatch(s -> s.prefix().equals("/registry/clustertrustbundles/")
                        && s.version().equals(Gvk.of("certificates.k8s.io/v1beta1", "ClusterTrustBundle")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "batch/v1=false|batch/v1=false is not supported yet by K3j, which always serves",
            "v1=false|v1=false is not supported yet by K3j",
            "api/all=false|api/all=false is not supported yet by K3j",
            "apps/v1/deployments=0|apps/v1/deployments=false is not supported yet by K3j",
            "a.example/v1=true|a.example/v1=true: a.example/v1 has not been registered; K3j can switch on"
                    + " certificates.k8s.io/v1alpha1/clustertrustbundles, certificates.k8s.io/v1beta1/",
            "certificates.k8s.io/v1beta1=yes|certificates.k8s.io/v1beta1=yes: invalid value of"})
    void whatCannotBeIsRefused(String value, String message) {
        assertThatThrownBy(() -> Kit.with("runtime-config=" + value)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--kube-apiserver-arg=runtime-config=" + message);
    }

    @Test
    void whatIsThereAnywayMayBeSwitchedOnAndWhatIsNotOff() {
        assertThat(Kit.with("runtime-config=v1,apps/v1=true,api/ga=true,api/alpha=false,x.example/v1=false").table()
                .kinds()).hasSameSizeAs(new Kit().table().kinds());
    }
}

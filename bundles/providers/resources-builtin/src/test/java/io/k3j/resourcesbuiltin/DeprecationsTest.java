package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Gvk;
import org.junit.jupiter.api.Test;

class DeprecationsTest {
    @Test
    void areToldInUpstreamsWords() {
        assertThat(Deprecations.of(Gvk.of("v1", "Endpoints")))
                .isEqualTo("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
        assertThat(Deprecations.of(Gvk.of("v1", "ComponentStatus")))
                .isEqualTo("v1 ComponentStatus is deprecated in v1.19+");
        assertThat(Deprecations.of(Gvk.of("discovery.k8s.io/v1", "EndpointSlice"))).isEmpty();
    }

    @Test
    void ofAKindThatGoesTellWithWhichRelease() {
        assertThat(Deprecations.of(Gvk.of("certificates.k8s.io/v1alpha1", "ClusterTrustBundle"))).isEqualTo(
                "certificates.k8s.io/v1alpha1 ClusterTrustBundle is deprecated in v1.34+, unavailable in v1.37+");
        assertThat(Deprecations.of(Gvk.of("certificates.k8s.io/v1beta1", "ClusterTrustBundle"))).isEmpty();
    }
}

package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.clientapi.ApiResource;
import io.k3j.model.Gvr;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServedResourcesTest {
    private static ResourceKind kind(String apiVersion, String plural) {
        ResourceKind of = TestKinds.kind("v1", "configmaps", "ConfigMap", "/registry/" + plural + "/", List.of(),
                new Strategy(true, false, false, false, false));
        return new ResourceKind(Gvr.of(apiVersion, plural), of.gvk(), of.names(), true, of.verbs(), of.subresources(),
                of.storage(), of.shape(), of.columns(), of.strategy());
    }

    @Test
    void aResourceThatThePreferredVersionDoesNotHaveIsFoundInTheNextOne() {
        List<ResourceKind> kinds = List.of(kind("net.example.com/v1alpha1", "routes"),
                kind("net.example.com/v1beta1", "grants"), kind("net.example.com/v1beta1", "routes"),
                kind("net.example.com/v1", "gateways"), kind("net.example.com/v1beta1", "gateways"));
        assertThat(ServedResources.of(kinds)).extracting(ApiResource::resource).containsExactly(
                Gvr.of("net.example.com/v1", "gateways"), Gvr.of("net.example.com/v1beta1", "grants"),
                Gvr.of("net.example.com/v1beta1", "routes"));
    }
}

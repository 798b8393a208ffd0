package io.k3j.clienthttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient.Discovered;
import io.k3j.clientapi.ApiResource;
import io.k3j.codec.Json;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiscoveryReaderTest {
    private static Struct discovery(String... versions) {
        return Json.object(("{\"items\":[{\"metadata\":{\"name\":\"net.example.com\"},\"versions\":["
                + String.join(",", versions) + "]}]}").getBytes(StandardCharsets.UTF_8));
    }

    private static String version(String name, String freshness, String... resources) {
        List<String> rows = List.of(resources).stream()
                .map(r -> "{\"resource\":\"" + r + "\",\"responseKind\":{\"kind\":\"" + r
                        + "\"},\"scope\":\"Namespaced\",\"verbs\":[\"get\",\"list\"]}")
                .toList();
        return "{\"version\":\"" + name + "\",\"freshness\":\"" + freshness + "\",\"resources\":["
                + String.join(",", rows) + "]}";
    }

    @Test
    void aResourceThatThePreferredVersionDoesNotHaveIsFoundInTheNextOne() {
        Struct list = discovery(version("v1", "Current", "gateways"),
                version("v1beta1", "Current", "gateways", "grants"), version("v1alpha1", "Current", "grants"));
        assertThat(DiscoveryReader.read(List.of(list)).resources()).extracting(ApiResource::resource).containsExactly(
                Gvr.of("net.example.com/v1", "gateways"), Gvr.of("net.example.com/v1beta1", "grants"));
    }

    @Test
    void whatAVersionHasThatIsStaleIsNotKnown() {
        Discovered found = DiscoveryReader.read(List.of(discovery(version("v1", "Current", "gateways"),
                version("v1beta1", "Stale"))));
        assertThat(found.resources()).extracting(ApiResource::kind).containsExactly("gateways");
        assertThat(found.failures())
                .containsExactly("net.example.com/v1beta1: stale GroupVersion discovery: net.example.com/v1beta1");
    }
}

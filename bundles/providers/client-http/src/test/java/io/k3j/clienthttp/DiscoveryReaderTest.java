package io.k3j.clienthttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
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
        assertThat(DiscoveryReader.resources(list)).extracting(ApiResource::resource).containsExactly(
                Gvr.of("net.example.com/v1", "gateways"), Gvr.of("net.example.com/v1beta1", "grants"));
    }

    @Test
    void whatAVersionHasThatIsStaleIsNotKnown() {
        Struct list = discovery(version("v1", "Current", "gateways"), version("v1beta1", "Stale"));
        assertThatThrownBy(() -> DiscoveryReader.resources(list)).isInstanceOf(ApiFault.class)
                .hasMessage("the server of net.example.com/v1beta1 does not answer");
    }
}

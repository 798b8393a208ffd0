package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResourceListsTest {
    private static Seq aggregated(String resources) {
        Struct list = Json.object(("{\"resources\":[" + resources + "]}").getBytes(StandardCharsets.UTF_8));
        return ResourceLists.aggregated(list, "custom.metrics.k8s.io", "v1beta1");
    }

    /// prometheus-adapter lists nothing else.
    @Test
    void aSubresourceWithoutItsResourceIsThereAllTheSame() {
        Seq all = aggregated("""
                {"name":"pods/http_requests","singularName":"","namespaced":true,"kind":"MetricValueList",
                 "verbs":["get"]},
                {"name":"pods/queue","singularName":"","namespaced":true,"kind":"MetricValueList","verbs":["get"]},
                {"name":"nodes/load","singularName":"","namespaced":false,"kind":"MetricValueList","verbs":["get"]}""");
        assertThat(all.structs()).extracting(r -> r.text("resource")).containsExactly("pods", "nodes");
        assertThat(all.structs()).extracting(r -> r.text("scope")).containsExactly("Namespaced", "Cluster");
        assertThat(all.structs()).allSatisfy(r -> assertThat(r.struct("responseKind"))
                .isEqualTo(Struct.of("group", "", "version", "", "kind", "")));
        assertThat(all.struct(0).seq("subresources").structs()).extracting(s -> s.text("subresource"))
                .containsExactly("http_requests", "queue");
        assertThat(all.struct(0).seq("subresources").struct(0)).isEqualTo(Struct.of("subresource", "http_requests",
                "responseKind", Struct.of("group", "custom.metrics.k8s.io", "version", "v1beta1", "kind",
                        "MetricValueList"),
                "verbs", Seq.of("get")));
    }

    @Test
    void whatHasNoKindStaysAndWhatHasNoNameGoes() {
        Seq all = aggregated("""
                {"name":"things/run","namespaced":true,"verbs":["create"]},
                {"name":"","namespaced":true,"kind":"Ghost","verbs":["get"]},
                {"name":"/x","namespaced":true,"kind":"Ghost","verbs":["get"]},
                {"name":"things/","namespaced":true,"kind":"Ghost","verbs":["get"]},
                {"name":"things","singularName":"thing","namespaced":true,"kind":"Thing","verbs":["get"]}""");
        assertThat(all.structs()).singleElement().satisfies(things -> {
            assertThat(things.text("resource")).isEqualTo("things");
            assertThat(things.struct("responseKind").text("kind")).isEqualTo("Thing");
            assertThat(things.seq("subresources").structs()).singleElement().satisfies(run -> {
                assertThat(run.text("subresource")).isEqualTo("run");
                assertThat(run.struct("responseKind").text("kind", "none")).isEmpty();
            });
        });
    }
}

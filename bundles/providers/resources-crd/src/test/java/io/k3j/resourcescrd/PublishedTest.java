package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.codec.Json;
import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.openapi.OpenApi;
import io.k3j.openapi.OpenApiResource;
import io.k3j.schema.Schemas;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Compares the published OpenAPI of definitions with that of kube-apiserver 1.36.2.
class PublishedTest {
    private final Schemas schemas = new Schemas();
    private final OpenApi openApi = new OpenApi(schemas, "v1.36.2");

    private static byte[] recorded(String name) throws IOException {
        try (InputStream in = PublishedTest.class.getResourceAsStream("published/" + name)) {
            return in.readAllBytes();
        }
    }

    private List<OpenApiResource> resources() throws IOException {
        List<OpenApiResource> all = new ArrayList<>();
        for (Struct text : Yaml.document(recorded("definitions.yaml")).object().seq("items").structs()) {
            Struct filled = new DefinitionHooks(Rules.without())
                    .defaulted(Gvk.of("apiextensions.k8s.io/v1", "CustomResourceDefinition"), text);
            Obj accepted = DefinitionStatus.of(Obj.of(filled), List.of(), Instant.EPOCH);
            new Definition(accepted, schemas).rows().values().forEach(row -> all.add(resource(row)));
        }
        return all;
    }

    private static OpenApiResource resource(ResourceKind row) {
        return new OpenApiResource(row.gvr(), row.gvk(), row.namespaced(), row.verbs(), row.shape(), List.of());
    }

    private static void same(Struct published, String recorded) throws IOException {
        Struct expected = Json.object(recorded(recorded));
        assertThat(published.names().stream().filter(n -> n.startsWith("com.example")))
                .containsExactlyInAnyOrderElementsOf(expected.names());
        expected.forEach((name, schema) -> same(name, published.get(name), schema));
    }

    /// Descends to the first property that differs, to keep the failure message short.
    private static void same(String where, Object published, Object expected) {
        if (published instanceof Struct p && expected instanceof Struct e && p.names().containsAll(e.names())) {
            e.forEach((name, value) -> same(where + "." + name, p.get(name), value));
        }
        assertThat(published).as(where).isEqualTo(expected);
    }

    @Test
    void openApiV2MatchesUpstream() throws IOException {
        same(openApi.v2(resources()).struct("definitions"), "v2.json");
    }

    @Test
    void openApiV3HasTheWholeSchema() throws IOException {
        TreeMap<String, Object> all = new TreeMap<>();
        for (String version : List.of("v1", "v2")) {
            openApi.v3("stable.example.com/" + version, resources()).struct("components").struct("schemas")
                    .forEach(all::put);
        }
        same(Struct.copyOf(all), "v3.json");
    }
}

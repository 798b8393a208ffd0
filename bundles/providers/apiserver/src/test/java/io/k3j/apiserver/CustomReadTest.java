package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.Query;
import io.k3j.codec.Json;
import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import io.k3j.schema.Structural;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Reads of custom resources that were stored under an older schema, or do not match theirs.
class CustomReadTest {
    private static final String FOOS = "/apis/a.com/v1/namespaces/n/foos";
    private static final Gvk KIND = Gvk.of("a.com/v1", "Foo");
    private static final Gvr FOO = Gvr.of("a.com/v1", "foos");
    private final TestServer server = new TestServer();
    private volatile ResourceKind row = row("{type: object, properties: {old: {type: string}}}");
    private final KindCatalog catalog = this::rows;

    private Collection<ResourceKind> rows() {
        return List.of(row);
    }

    private static ResourceKind row(String schema) {
        return row(schema, true);
    }

    private static ResourceKind row(String schema, boolean namespaced) {
        Struct s = Yaml.document(schema.getBytes(StandardCharsets.UTF_8)).object();
        return new ResourceKind(FOO, KIND, new ResourceKind.Names("foo", List.of(), List.of()), namespaced,
                Set.of("create", "get", "list", "watch"), List.of(),
                new ResourceKind.Storage("/registry/a.com/foos/", KIND), Structural.shape(TestKinds.SCHEMAS, s),
                List.of(new ResourceKind.Column("Name", "string", "name", "The name.", 0, "")),
                new ResourceKind.Strategy(true, false, false, true, false));
    }

    private void serve(String schema) {
        row = row(schema);
        server.contributions.kinds().put(catalog, Map.of());
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void appliesCurrentDefaultsAndPrunesUnknownFields() throws IOException {
        server.contributions.kinds().put(catalog, Map.of());
        server.call("POST", FOOS,
                "{\"apiVersion\":\"a.com/v1\",\"kind\":\"Foo\",\"metadata\":{\"name\":\"x\"},\"old\":\"o\"}");
        assertThat(server.get(FOOS + "/x").text()).contains("\"old\":\"o\"");
        serve("{type: object, properties: {size: {type: integer, default: 3}}}");
        Struct one = Json.object(server.get(FOOS + "/x").bytes());
        assertThat(one.whole("size", 0)).isEqualTo(3);
        assertThat(one.has("old")).isFalse();
        Struct listed = Json.object(server.get(FOOS).bytes()).seq("items").struct(0);
        assertThat(listed.whole("size", 0)).isEqualTo(3);
        LocalClient local = new LocalClient(server.server.local(), user -> {
            throw new IllegalArgumentException(user);
        }, Caller.of("admin", List.of("system:masters")), new ViewKeeper());
        assertThat(local.view(FOO, Query.ALL).list().iterator().next().tree().whole("size", 0)).isEqualTo(3);
    }

    @Test
    void elementsWithoutTheirKeyReachValidation() throws IOException {
        serve("{type: object, properties: {bars: {type: array, x-kubernetes-list-type: map, "
                + "x-kubernetes-list-map-keys: [name], items: {type: object, required: [name], "
                + "properties: {name: {type: string}, age: {type: string}}}}}}");
        // no validation rules here: decoding must not fail before validation runs
        assertThat(server.call("POST", FOOS, "{\"apiVersion\":\"a.com/v1\",\"kind\":\"Foo\","
                + "\"metadata\":{\"name\":\"x\"},\"bars\":[{\"age\":\"1\"}]}").status()).isEqualTo(201);
    }

    @Test
    void aNamespaceOnAClusterScopedKindIsDropped() throws IOException {
        row = row("{type: object}", false);
        server.contributions.kinds().put(catalog, Map.of());
        TestExchange made = server.call("POST", "/apis/a.com/v1/foos",
                "{\"apiVersion\":\"a.com/v1\",\"kind\":\"Foo\",\"metadata\":{\"name\":\"x\",\"namespace\":\"n\"}}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.text()).doesNotContain("namespace");
    }
}

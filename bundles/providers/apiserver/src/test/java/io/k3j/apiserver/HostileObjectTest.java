package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.objectregistry.ObjectWrites;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Objects crafted to cost the server more than their size, or to be unreadable once stored.
class HostileObjectTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private TestExchange send(String method, String path, String type, String body) throws IOException {
        return server.serve(new TestExchange(method, path, body.getBytes(StandardCharsets.UTF_8))
                .with("content-type", "application/" + type));
    }

    @Test
    void yamlAliasesMayNotExpandBeyondTheBodyLimit() throws IOException {
        String map = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  finalizers: [&a a.b/"
                + "x".repeat(100_000) + ", *a".repeat(40) + "]\n";
        TestExchange applied = send("PATCH", MAPS + "/x?fieldManager=me", "apply-patch+yaml", map);
        assertThat(applied.status()).as(applied.text()).isEqualTo(413);
        assertThat(send("POST", MAPS, "yaml", map).status()).isEqualTo(413);
    }

    private TestExchange owned(String path, int levels) throws IOException {
        String deep = "{\"f:a\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
        return send("PATCH", MAPS + "/x?fieldManager=me", "json-patch+json",
                "[{\"op\":\"add\",\"path\":\"/metadata/managedFields/0/fieldsV1" + path + "\",\"value\":" + deep
                        + "}]");
    }

    @Test
    void tooDeeplyNestedObjectsAreRefused() throws IOException {
        server.call("POST", MAPS + "?fieldManager=me", "{\"metadata\":{\"name\":\"x\"},\"data\":{\"k\":\"v\"}}");
        assertThat(owned("/f:x", 901).status()).isEqualTo(200);
        TestExchange patched = owned("/f:x" + "/f:a".repeat(900) + "/f:b", 900);
        assertThat(patched.status()).as(patched.text()).isEqualTo(400);
        assertThat(patched.text()).contains("deeper than");
        assertThat(server.serve(new TestExchange("GET", MAPS + "/x", new byte[0]).with("accept",
                "application/vnd.kubernetes.protobuf")).status()).isEqualTo(200);
        assertThat(server.call("DELETE", MAPS + "/x", "").status()).isEqualTo(200);
    }

    @Test
    void aListOfStoredObjectsCanBeRead() throws IOException {
        server.call("POST", MAPS + "?fieldManager=me", "{\"metadata\":{\"name\":\"x\"},\"data\":{\"k\":\"v\"}}");
        int above = 5;
        assertThat(owned("/f:x", ObjectWrites.MAX_LEVELS - above + 1).status()).isEqualTo(400);
        assertThat(owned("/f:x", ObjectWrites.MAX_LEVELS - above).status()).isEqualTo(200);
        assertThat(Json.object(server.get(MAPS).bytes()).seq("items").size()).isEqualTo(1);
    }

    private static String many(String element, int times) {
        return "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"containers\":[" + element
                + ("," + element).repeat(times - 1) + "]}}";
    }

    /// A million containers of three bytes each would become a million containers with all their defaults.
    @Test
    void anObjectHasABoundOfElements() throws IOException {
        String pods = "/api/v1/namespaces/a/pods";
        assertThat(server.call("POST", pods, many("{\"name\":\"c\"}", 10_000)).status()).isEqualTo(201);
        for (String element : List.of("{}", "null")) {
            TestExchange created = server.call("POST", pods, many(element, 600_000));
            assertThat(created.status()).isEqualTo(413);
            assertThat(created.text()).contains("Request entity too large: Pod has more than 100000 objects, lists and "
                    + "nulls, most of them in spec.containers; each takes memory for its defaults. Write several "
                    + "smaller objects");
            for (String type : List.of("merge-patch+json", "apply-patch+yaml")) {
                TestExchange patched = send("PATCH", pods + "/x?fieldManager=me", type, many(element, 120_000));
                assertThat(patched.status()).as("%s %s", type, element).isEqualTo(413);
            }
        }
    }

    /// Another store took it, or this one did before there was a bound: it must not stay for ever.
    @Test
    void anObjectBeyondTheBoundMayLoseItsFinalizers() throws IOException {
        String row = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\",\"namespace\":\"a\","
                + "\"uid\":\"u\",\"finalizers\":[\"a.b/c\"]},\"spec\":{\"tolerations\":[{}"
                + ",{}".repeat(110_000) + "]}}";
        MemoryDatastore store = new MemoryDatastore(true);
        store.commit("/registry/pods/a/x", 0, row.getBytes(StandardCharsets.UTF_8), Duration.ZERO);
        try (TestServer shared = new TestServer(store)) {
            String path = "/api/v1/namespaces/a/pods/x";
            TestExchange grown = shared.serve(new TestExchange("PATCH", path,
                    "{\"spec\":{\"volumes\":[{}]}}".getBytes(StandardCharsets.UTF_8)).with("content-type",
                            "application/merge-patch+json"));
            assertThat(grown.status()).as(grown.text()).isEqualTo(413);
            TestExchange freed = shared.serve(new TestExchange("PATCH", path,
                    "{\"metadata\":{\"finalizers\":null}}".getBytes(StandardCharsets.UTF_8)).with("content-type",
                            "application/merge-patch+json"));
            assertThat(freed.status()).isEqualTo(200);
        }
        store.close();
    }
}

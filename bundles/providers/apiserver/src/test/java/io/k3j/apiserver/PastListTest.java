package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.datastoreapi.CommitResult.Committed;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Struct;
import io.k3j.watchcache.Feeder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Lists at a revision to which a server's memory does not reach back, as that of one that has just started.
class PastListTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";
    private final MemoryDatastore store = new MemoryDatastore(true);
    private TestServer server;
    private String revision;
    private String token;

    @BeforeEach
    void manyChangesBehindAPage() throws IOException {
        try (TestServer before = new TestServer(new GatedDatastore(store))) {
            for (int i = 0; i < 5; i++) {
                before.call("POST", MAPS, "{\"metadata\":{\"name\":\"m-" + i + "\"}}");
            }
            Struct page = json(before.get(MAPS + "?limit=2")).struct("metadata");
            revision = page.text("resourceVersion");
            token = page.text("continue");
            before.call("DELETE", MAPS + "/m-4", "");
        }
        for (long i = 0; i <= Feeder.REPLAYED; i++) {
            store.commit("/other/" + i, 0, "x".getBytes(StandardCharsets.UTF_8), Duration.ZERO);
        }
        server = new TestServer(store);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Struct json(TestExchange answer) {
        return Json.object(answer.bytes());
    }

    private static List<String> names(Struct list) {
        return list.seq("items").structs().stream().map(o -> o.struct("metadata").text("name")).toList();
    }

    @Test
    void aListGoesOnAtTheRevisionItBeganAt() throws IOException {
        Struct second = json(server.get(MAPS + "?limit=2&continue=" + token));
        assertThat(names(second)).containsExactly("m-2", "m-3");
        assertThat(second.struct("metadata").text("resourceVersion")).isEqualTo(revision);
        Struct last = json(server.get(MAPS + "?limit=2&continue=" + second.struct("metadata").text("continue")));
        assertThat(names(last)).as("one has been deleted since").containsExactly("m-4");
        assertThat(last.struct("metadata").has("continue")).isFalse();
        String exact = MAPS + "?resourceVersionMatch=Exact&resourceVersion=" + revision;
        assertThat(names(json(server.get(exact + "&limit=500")))).hasSize(5);
        assertThat(server.get(exact).status()).as("all at once").isEqualTo(410);
    }

    @Test
    void aCompactedRevisionIsGone() throws IOException {
        store.compact(store.revision());
        Struct answer = json(server.get(MAPS + "?limit=2&continue=" + token));
        assertThat(answer.text("reason")).isEqualTo("Expired");
        Struct rest = json(server.get(MAPS + "?limit=2&continue=" + answer.struct("metadata").text("continue")));
        assertThat(names(rest)).containsExactly("m-2", "m-3");
    }

    /// As a page does that weighs too much: what comes from the datastore is held for one client alone.
    @Test
    void aPageOfMoreThan500ObjectsEndsWithThatMany() throws IOException {
        long last = 0;
        for (int i = 0; i < 600; i++) {
            byte[] row = ("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"n-%03d\","
                    + "\"namespace\":\"b\"}}").formatted(i).getBytes(StandardCharsets.UTF_8);
            last = ((Committed) store.commit("/registry/configmaps/b/n-%03d".formatted(i), 0, row, Duration.ZERO))
                    .revision();
        }
        for (long i = 0; i <= Feeder.REPLAYED; i++) {
            store.commit("/more/" + i, 0, "x".getBytes(StandardCharsets.UTF_8), Duration.ZERO);
        }
        try (TestServer late = new TestServer(new GatedDatastore(store))) {
            String maps = "/api/v1/namespaces/b/configmaps?limit=1000";
            Struct first = json(late.get(maps + "&resourceVersionMatch=Exact&resourceVersion=" + last));
            assertThat(names(first)).hasSize(500).endsWith("n-499");
            String next = first.struct("metadata").text("continue");
            Struct rest = json(late.get(maps + "&continue=" + next));
            assertThat(names(rest)).hasSize(100).startsWith("n-500");
            assertThat(rest.struct("metadata").text("resourceVersion")).isEqualTo(Long.toString(last));
            assertThat(rest.struct("metadata").has("continue")).isFalse();
        }
    }
}

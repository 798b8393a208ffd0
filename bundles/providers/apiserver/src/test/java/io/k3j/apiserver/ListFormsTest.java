package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apirequests.ListWriter;
import io.k3j.codec.Json;
import io.k3j.codec.Protobuf;
import io.k3j.codec.Yaml;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Lists in every form: their content, streaming while they are encoded, and cancellation when the client
/// disconnects.
class ListFormsTest {
    private static final String MAPS = "/api/v1/configmaps";
    private static final String PARTIAL = ";as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
    private static final int CHUNK = 128 << 10;
    private final TestServer server = new TestServer();
    private final AtomicInteger cells = new AtomicInteger();
    private final AtomicInteger fields = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private final List<TestExchange> slow = new ArrayList<>();

    @AfterEach
    void close() throws InterruptedException {
        slow.forEach(x -> x.stall(false));
        for (Thread t : threads) {
            t.join(10_000);
        }
        server.close();
    }

    private void create(int count, int bytes) {
        long revision = 0;
        for (int i = 0; i < count; i++) {
            String name = "m%05d".formatted(i);
            Struct map = Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                    Struct.of("name", name, "namespace", "a", "labels", Struct.of("n", "" + i % 3), "annotations",
                            Struct.of("q", "a \"b\" \u00e4 <\\")),
                    "data", Struct.of("v", "x".repeat(bytes), "w", "", "y", "l1\nl2"));
            revision = ((CommitResult.Committed) server.store.commit("/registry/configmaps/a/" + name, 0,
                    Json.stored(map), Duration.ZERO)).revision();
        }
        server.server.storage().log().atLeast(revision, 60_000);
    }

    /// Counts the calls for cells and fields.
    private void count() {
        server.contributions.kinds().put(new CountingHooks(cells, fields), Map.of());
    }

    private TestExchange list(String accept, String target) throws IOException {
        return server.serve(new TestExchange("GET", target, new byte[0]).with("accept", accept));
    }

    private List<Obj> stored() {
        List<Obj> all = new ArrayList<>();
        server.server.storage().log().newest().tree().visit("/registry/configmaps/", (key, item) -> {
            all.add(item.fresh());
            return true;
        });
        return all;
    }

    /// The list as one tree.
    private Struct expected(String accept, String include) {
        Struct metadata = Struct.of("resourceVersion",
                Long.toString(server.server.storage().log().newest().revision()));
        if (accept.equals(TABLE)) {
            List<Struct> rows = stored().stream().map(o -> Struct.of("cells", Seq.of(o.name()), "object",
                    switch (include) {
                        case "None" -> null;
                        case "Object" -> o.document();
                        default -> partial(o);
                    })).toList();
            return Struct.of("kind", "Table", "apiVersion", "meta.k8s.io/v1", "metadata", metadata,
                    "columnDefinitions", Seq.of(Struct.of("name", "Name", "type", "string", "format", "name",
                            "description", "The name.", "priority", 0)),
                    "rows", rows);
        }
        boolean partial = accept.contains(PARTIAL);
        return Struct.of("kind", partial ? "PartialObjectMetadataList" : "ConfigMapList", "apiVersion",
                partial ? "meta.k8s.io/v1" : "v1", "metadata", metadata, "items", stored().stream().map(o -> partial
                        ? partial(o) : o.document().without("apiVersion").without("kind")).toList());
    }

    private static Struct partial(Obj o) {
        return Struct.of("kind", "PartialObjectMetadata", "apiVersion", "meta.k8s.io/v1", "metadata",
                o.document().struct("metadata"));
    }

    @ParameterizedTest
    @CsvSource({"0,10", "3,10", "160,1000"})
    void streamedListsEqualBufferedOnes(int count, int bytes) throws IOException {
        create(count, bytes);
        for (String accept : List.of("application/json", "application/yaml", PROTOBUF, "application/json" + PARTIAL,
                "application/yaml" + PARTIAL, PROTOBUF + PARTIAL, TABLE)) {
            for (String include : accept.equals(TABLE) ? List.of("Metadata", "None", "Object") : List.of("Metadata")) {
                Struct tree = expected(accept, include);
                byte[] got = list(accept, MAPS + "?includeObject=" + include).bytes();
                byte[] pretty = list(accept, MAPS + "?pretty=true&includeObject=" + include).bytes();
                if (accept.startsWith("application/yaml")) {
                    assertThat(new String(got, StandardCharsets.UTF_8)).isEqualTo(Yaml.text(tree));
                } else if (accept.startsWith(PROTOBUF)) {
                    assertThat(got).isEqualTo(new Protobuf(TestKinds.SCHEMAS).bytes(tree));
                } else {
                    assertThat(Json.object(got)).isEqualTo(tree);
                    assertThat(new String(got, StandardCharsets.UTF_8))
                            .isEqualTo(Json.text(Json.object(got)) + "\n");
                    assertThat(new String(pretty, StandardCharsets.UTF_8))
                            .isEqualTo(new String(Json.pretty(Json.object(got)), StandardCharsets.UTF_8) + "\n");
                }
            }
        }
    }

    @Test
    void continueTokensPrecedeTheItems() throws IOException {
        create(5, 10);
        Struct page = Json.object(list("application/json", MAPS + "?limit=2&pretty=true").bytes());
        assertThat(page.struct("metadata").whole("remainingItemCount", 0)).isEqualTo(3);
        String token = page.struct("metadata").text("continue");
        Struct last = Yaml.document(list("application/yaml", MAPS + "?limit=3&continue=" + token).bytes()).object();
        assertThat(last.seq("items").structs()).extracting(i -> i.struct("metadata").text("name"))
                .containsExactly("m00002", "m00003", "m00004");
        assertThat(last.struct("metadata").has("continue")).isFalse();
    }

    /// Records the chunks of the response and the number of objects encoded before the first one.
    private final class Sink extends TestExchange {
        private final int leavesAfter;
        private int chunks;
        private int longest;
        private int lookedAt = -1;

        Sink(String target, int leavesAfter) {
            super("GET", target, new byte[0]);
            this.leavesAfter = leavesAfter;
        }

        @Override
        public synchronized void write(byte[]... parts) throws IOException {
            lookedAt = lookedAt < 0 ? cells.get() : lookedAt;
            for (byte[] part : parts) {
                longest = Math.max(longest, part.length);
            }
            if (++chunks > leavesAfter) {
                leave();
            }
            super.write(parts);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/yaml", PROTOBUF, "application/json" + PARTIAL, TABLE,
            "application/json;pretty"})
    void streamInChunksWithoutBuffering(String form) throws IOException {
        count();
        create(400, 6_000);
        Sink sink = new Sink(MAPS + "?includeObject=Object&pretty=" + form.endsWith("pretty"), Integer.MAX_VALUE);
        server.serve(sink.with("accept", form.replace(";pretty", "")));
        assertThat(sink.status()).isEqualTo(200);
        assertThat(sink.chunks).isGreaterThan(form.contains(PARTIAL) ? 0 : 10);
        assertThat(sink.longest).isLessThanOrEqualTo(CHUNK);
        assertThat(sink.lookedAt).isLessThan(100);
        server.server.storage().log().newest().tree().visit("/registry/configmaps/", (key, item) -> {
            assertThat(item.fresh()).isNotSameAs(item.fresh());
            return true;
        });
        assertThat(server.server.limits().longLists().taken()).isZero();
    }

    @Test
    void longProtobufListsAreTheSameWithAKnownLength() throws IOException {
        create(2_500, 4_000);
        byte[] whole = new Protobuf(TestKinds.SCHEMAS).bytes(expected(PROTOBUF, "Metadata"));
        for (int i = 0; i < 2; i++) {
            assertThat(list(PROTOBUF, MAPS).bytes()).isEqualTo(whole);
        }
        List<Integer> known = new ArrayList<>();
        server.server.storage().log().newest().tree().visit("/registry/configmaps/", (key, item) -> {
            known.add(item.protobufBytes());
            return true;
        });
        assertThat(known).filteredOn(bytes -> bytes > 4_000).hasSizeGreaterThan(1_300);
    }

    @Test
    void areCompressedWhileStreaming() throws IOException {
        create(300, 1_000);
        TestExchange zipped = server.serve(new TestExchange("GET", MAPS, new byte[0]).with("accept", "application/yaml")
                .with("accept-encoding", "gzip"));
        assertThat(zipped.answered("content-encoding")).isEqualTo("gzip");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.bytes()))) {
            assertThat(in.readAllBytes()).isEqualTo(list("application/yaml", MAPS).bytes());
        }
    }

    @Test
    void stopWhenTheClientDisconnects() throws IOException {
        count();
        create(1_000, 4_000);
        Sink sink = new Sink(MAPS + "?includeObject=Object", 2);
        assertThatThrownBy(() -> server.serve(sink.with("accept", TABLE))).isInstanceOf(IOException.class);
        assertThat(cells.get()).isLessThan(200);
        assertThat(server.server.limits().longLists().taken()).isZero();
    }

    @Test
    void stopWhenTheClientDisconnectsBeforeTheFirstByte() throws IOException {
        count();
        create(3_000, 10);
        TestExchange gone = new TestExchange("GET", MAPS + "?fieldSelector=test%3Dnone", new byte[0]);
        gone.leave();
        assertThatThrownBy(() -> server.serve(gone)).isInstanceOf(IOException.class);
        assertThat(fields.get()).isLessThanOrEqualTo(ListWriter.LOOK_EVERY + 1);
    }

    @Test
    void abortWhenAnObjectCannotBeEncoded() throws IOException {
        create(1_000, 1_000);
        server.contributions.kinds().put(new CountingHooks(cells, fields) {
            @Override
            public List<Object> cells(Gvk kind, Obj object, Instant now) {
                if (object.name().equals("m00900")) {
                    throw new IllegalStateException("cannot be shown");
                }
                return super.cells(kind, object, now);
            }
        }, Map.of());
        TestExchange x = list(TABLE, MAPS + "?includeObject=Object");
        assertThat(x.status()).isEqualTo(200);
        assertThat(x.text()).doesNotEndWith("\n");
        assertThat(x.ended()).isTrue();
    }

    @Test
    void longListsOfOneUserLeaveCapacityForOthers() throws Exception {
        server.everybody();
        create(300, 1_000);
        CountDownLatch begun = new CountDownLatch(ListWriter.LONG_LISTS_PER_USER);
        for (int i = 0; i < ListWriter.LONG_LISTS_PER_USER + 1; i++) {
            TestExchange x = new TestExchange("GET", MAPS, new byte[0]) {
                @Override
                public ResponseStream stream(int code, Map<String, String> with) {
                    begun.countDown();
                    return super.stream(code, with);
                }
            };
            x.stall(true);
            slow.add(x);
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    server.serve(x.with("authorization", "Bearer mallory"));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }));
        }
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(server.server.limits().longLists().taken()).isEqualTo(ListWriter.LONG_LISTS_PER_USER);
        for (String user : List.of("alice", "system:node:n")) {
            TestExchange other = new TestExchange("GET", MAPS, new byte[0]).with("authorization", "Bearer " + user);
            assertThat(server.serve(other).status()).isEqualTo(200);
        }
        assertThat(server.get("/metrics").text()).contains("k3j_apiserver_long_lists 8");
    }

    /// Counts the calls.
    private static class CountingHooks extends TestKinds.Hooks {
        private final AtomicInteger cells;
        private final AtomicInteger fields;

        CountingHooks(AtomicInteger cells, AtomicInteger fields) {
            this.cells = cells;
            this.fields = fields;
        }

        @Override
        public List<Object> cells(Gvk kind, Obj object, Instant now) {
            cells.incrementAndGet();
            return super.cells(kind, object, now);
        }

        @Override
        public Optional<String> field(Gvk kind, Obj object, String field) {
            fields.incrementAndGet();
            return field.equals("test") ? Optional.of(object.name()) : super.field(kind, object, field);
        }
    }
}

package io.k3j.stockrows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.K3sProcess;
import io.kubernetes.client.proto.Meta.WatchEvent;
import io.kubernetes.client.proto.Runtime.Unknown;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// One file goes through these tests in their order: made as stock K3s leaves it, served, changed, read back, given
/// kine's indexes again, and served again.
@TestMethodOrder(OrderAnnotation.class)
class StockRowsItest {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final String DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    private static final String GADGETS = "/apis/example.com/v1/namespaces/stock/gadgets";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    static Path dir;

    private static Path file;
    private static StockData data;
    private static long compacted;
    private static K3sProcess server;
    private static Api api;

    @BeforeAll
    static void serveStockRows() throws Exception {
        Path empty = Files.createDirectories(dir.resolve("empty"));
        List<Served> served = new ArrayList<>();
        try (K3sProcess process = start(empty)) {
            Api discovery = Api.of(empty.resolve("k3s.yaml"));
            for (String root : List.of("/api", "/apis")) {
                served.addAll(served(process, discovery, root));
            }
            process.stop();
        }
        data = new StockData(served);
        file = dir.resolve("data/server/db/state.db");
        assertThat(data.notServed()).as("rows of kinds that are not served").isEmpty();
        assertThat(data.withoutText()).as("served kinds without a row in protobuf-rows.txt").isEmpty();
        compacted = data.write(file);
        serve();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static List<Served> served(K3sProcess process, Api discovery, String root) throws InterruptedException {
        try {
            return Served.of(MAPPER.readTree(discovery.bytes(root, DISCOVERY)));
        } catch (IOException e) {
            AssertionError failure = process.failure("no answer from " + root);
            failure.initCause(e);
            throw failure;
        }
    }

    private static JsonNode json(String path) throws IOException, InterruptedException {
        return MAPPER.readTree(api.bytes(path, Api.JSON));
    }

    private static JsonNode mergePatch(String path, String body) throws IOException, InterruptedException {
        return MAPPER.readTree(send("PATCH", path, "application/merge-patch+json", body));
    }

    private static String send(String method, String path, String type, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = api.send(method, path, type, body.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static K3sProcess start(Path where) throws IOException, InterruptedException {
        K3sProcess process = K3sProcess.server(where, "--disable-agent", "--bind-address", "127.0.0.1",
                "--disable-controller-manager", "--disable-scheduler");
        process.awaitOutput("API server ready", START_LIMIT);
        return process;
    }

    private static void serve() throws Exception {
        server = start(dir);
        api = Api.of(dir.resolve("k3s.yaml"));
    }

    @Test
    @Order(1)
    void getAnswersEveryKindInJsonAndProtobuf() throws Exception {
        List<String> problems = new ArrayList<>();
        for (Served kind : data.kinds()) {
            StockObject stock = data.object(kind, data.name(kind), StockData.CURRENT);
            JsonNode json = json(kind.path(stock.name()));
            note(problems, kind, "kind " + json.path("kind") + json.path("apiVersion"),
                    json.path("kind").asText().equals(kind.kind())
                            && json.path("apiVersion").asText().equals(kind.apiVersion()));
            String inJson = JsonForm.missing(stock.body(), json);
            note(problems, kind, "JSON " + inJson, inJson.isEmpty());
            Message message = Messages.object(api.bytes(kind.path(stock.name()), Api.PROTOBUF));
            String inProtobuf = Messages.missing(stock.body(), message);
            note(problems, kind, "protobuf " + inProtobuf, inProtobuf.isEmpty());
        }
        assertThat(problems).isEmpty();
    }

    private static void note(List<String> problems, Served kind, String problem, boolean fine) {
        if (!fine) {
            problems.add(kind.apiVersion() + " " + kind.kind() + ": " + problem);
        }
    }

    @Test
    @Order(2)
    void listAnswersTheSameWithoutWhatIsDeleted() throws Exception {
        List<String> problems = new ArrayList<>();
        for (Served kind : data.kinds()) {
            StockObject stock = data.object(kind, data.name(kind), StockData.CURRENT);
            JsonNode found = MAPPER.nullNode();
            for (JsonNode item : json(kind.path()).path("items")) {
                String name = item.path("metadata").path("name").asText();
                assertThat(name).isNotEqualTo(StockData.GONE);
                found = name.equals(stock.name()) ? item : found;
            }
            note(problems, kind, "LIST " + found, JsonForm.missing(stock.body(), found).isEmpty());
            Unknown list = Messages.opened(api.bytes(kind.path(), Api.PROTOBUF));
            assertThat(list.getTypeMeta().getKind()).isEqualTo(kind.kind() + "List");
            note(problems, kind, "protobuf LIST", contains(list.getRaw(), stock));
        }
        assertThat(problems).isEmpty();
    }

    private static boolean contains(ByteString list, StockObject stock) {
        return list.toString(StandardCharsets.ISO_8859_1).contains(StockObject.uid(
                stock.apiVersion() + stock.kind() + stock.name()));
    }

    @Test
    @Order(3)
    void watchBeginsWithTheSameInJsonAndProtobuf() throws Exception {
        for (Served kind : data.kinds()) {
            StockObject stock = data.object(kind, data.name(kind), StockData.CURRENT);
            String path = kind.path() + "?watch=1&timeoutSeconds=300&fieldSelector=metadata.name%3D" + stock.name();
            try (BufferedReader lines = new BufferedReader(
                    new InputStreamReader(api.open(path, Api.JSON), StandardCharsets.UTF_8))) {
                JsonNode event = MAPPER.readTree(lines.readLine());
                assertThat(event.path("type").asText()).as(path).isEqualTo("ADDED");
                assertThat(JsonForm.missing(stock.body(), event.path("object"))).as(path).isEmpty();
            }
            try (InputStream body = api.open(path, Api.PROTOBUF + ";stream=watch")) {
                DataInputStream frames = new DataInputStream(body);
                WatchEvent event = WatchEvent.parseFrom(frames.readNBytes(frames.readInt()));
                assertThat(event.getType()).isEqualTo("ADDED");
                Message object = Messages.object(event.getObject().getRaw().toByteArray());
                assertThat(Messages.missing(stock.body(), object)).as(path).isEmpty();
            }
        }
    }

    @Test
    @Order(4)
    void jsonRowsAreServedAsTheyStand() throws Exception {
        for (Map.Entry<String, String> row : data.jsonRows(StockData.CURRENT).entrySet()) {
            JsonNode stored = MAPPER.readTree(row.getValue());
            String[] parts = row.getKey().split("/");
            String path = parts.length > 5 ? GADGETS + "/row"
                    : "/apis/" + parts[2] + "/v1/" + parts[3] + "/" + parts[4];
            JsonNode served = json(path);
            assertThat(served.path("spec")).as(path).isEqualTo(stored.path("spec"));
            assertThat(served.path("metadata").path("labels")).isEqualTo(stored.path("metadata").path("labels"));
            assertThat(served.path("metadata").path("uid")).isEqualTo(stored.path("metadata").path("uid"));
        }
        assertThat(json(GADGETS).path("items")).hasSize(1);
    }

    @Test
    @Order(5)
    void changesReachWatchersAndGoOnFromStockRevisions() throws Exception {
        JsonNode before = json("/api/v1/namespaces/stock/configmaps/row");
        String revision = before.path("metadata").path("resourceVersion").asText();
        String watch = "/api/v1/namespaces/stock/configmaps?watch=1&timeoutSeconds=300&resourceVersion="
                + json("/api/v1/namespaces/stock/configmaps").path("metadata").path("resourceVersion").asText();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(api.open(watch, Api.JSON), StandardCharsets.UTF_8))) {
            JsonNode after = mergePatch("/api/v1/namespaces/stock/configmaps/row", """
                    {"metadata":{"labels":{"round":"3"}}}""");
            assertThat(after.path("metadata").path("resourceVersion").asLong()).isGreaterThan(Long.parseLong(revision));
            JsonNode event = MAPPER.readTree(lines.readLine());
            assertThat(event.path("type").asText()).isEqualTo("MODIFIED");
            assertThat(event.path("object").path("metadata")).isEqualTo(after.path("metadata"));
        }
        mergePatch(GADGETS + "/row", "{\"spec\":{\"size\":8}}");
        mergePatch("/apis/apps/v1/namespaces/stock/deployments/row", """
                {"metadata":{"labels":{"round":"3"}}}""");
        send("DELETE", "/api/v1/namespaces/stock/secrets/row", Api.JSON, "");
    }

    @Test
    @Order(6)
    void theFileReadsBackWithoutTheProduct() throws Exception {
        server.stop();
        try (KineFile kine = KineFile.open(file)) {
            assertThat(kine.integrity()).isEqualTo("ok");
            assertThat(kine.schema()).anyMatch(line -> line.startsWith("CREATE TABLE kine (id INTEGER PRIMARY KEY"
                    + " AUTOINCREMENT, name TEXT, created INTEGER, deleted INTEGER, create_revision INTEGER,"
                    + " prev_revision INTEGER, lease INTEGER, value BLOB, old_value BLOB)"))
                    .contains("CREATE UNIQUE INDEX kine_name_prev_revision_uindex ON kine (name, prev_revision)");
            List<KineFile.Row> rows = kine.rows();
            assertThat(Chain.problems(rows)).isEmpty();
            assertThat(rows).filteredOn(row -> row.name().equals("compact_rev_key")).singleElement()
                    .satisfies(row -> assertThat(row.prevRevision()).isGreaterThanOrEqualTo(compacted));
            Map<String, KineFile.Row> heads = new HashMap<>();
            rows.forEach(row -> heads.put(row.name(), row));
            readsBack(heads);
        }
    }

    private static void readsBack(Map<String, KineFile.Row> heads) throws IOException {
        JsonNode changed = Chain.object(heads.get("/registry/configmaps/stock/row"));
        assertThat(changed.path("metadata").path("labels").path("round").asText()).isEqualTo("3");
        assertThat(changed.path("data").path("colour").asText()).isEqualTo("blue\nüber");
        assertThat(Chain.object(heads.get("/registry/example.com/gadgets/stock/row")).path("spec").path("size").asInt())
                .isEqualTo(8);
        assertThat(heads.get("/registry/secrets/stock/row").deleted()).isTrue();
        for (Served kind : data.kinds()) {
            KineFile.Row head = heads.get(kind.key(data.name(kind)));
            assertThat(head).as(kind.toString()).isNotNull();
            assertThat(Chain.readable(head)).as(kind.toString()).isTrue();
        }
    }

    @Test
    @Order(7)
    void theFileIsServedAgainAfterKineMadeItsIndexes() throws Exception {
        try (KineFile kine = KineFile.open(file)) {
            kine.makeSchema();
        }
        serve();
        assertThat(json("/api/v1/namespaces/stock/configmaps/row").path("metadata").path("labels").path("round")
                .asText()).isEqualTo("3");
        for (Served kind : data.kinds()) {
            if (!kind.kind().equals("Secret")) {
                assertThat(json(kind.path(data.name(kind))).path("kind").asText()).isEqualTo(kind.kind());
            }
        }
        mergePatch(GADGETS + "/row", "{\"spec\":{\"size\":9}}");
        server.stop();
        try (KineFile kine = KineFile.open(file)) {
            assertThat(Chain.problems(kine.rows())).isEmpty();
        }
    }
}

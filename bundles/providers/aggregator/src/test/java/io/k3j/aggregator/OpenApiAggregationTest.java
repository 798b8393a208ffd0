package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.AggregatedApis.OpenApiDocument;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.codec.Json;
import io.k3j.controllerkit.Controller;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What other servers say of their versions in OpenAPI 2.
class OpenApiAggregationTest {
    private static final String DOCUMENT = """
            {"swagger":"2.0","info":{"title":"Things","version":"v1"},"paths":{
            "/apis/things.example.com/v1/things":{"get":{"parameters":[{"$ref":"#/parameters/limit"}],"responses":{
            "200":{"description":"OK","schema":{"$ref":"#/definitions/ThingList"}}}}},
            "/apis/things.example.com/v2/things":{"get":{"responses":{
            "200":{"description":"OK","schema":{"$ref":"#/definitions/Other"}}}}},
            "/apis/more.example.com/v1/things":{"get":{"responses":{"200":{"description":"OK"}}}},
            "/apis/others.example.com/v1/things":{"get":{"responses":{"200":{"description":"OK"}}}}},
            "definitions":{"ThingList":{"properties":{"items":{"items":{"$ref":"#/definitions/Thing"}}}},
            "Thing":{"type":"object"},"Other":{"type":"object"}},
            "parameters":{"limit":{"in":"query","name":"limit","type":"integer"},
            "name":{"in":"path","name":"name","type":"string"}}}""";
    private static final String COUNT = "aggregator_openapi_v2_regeneration_count{apiservice=\"" + Stage.KEY.name()
            + "\",reason=\"";
    private Stage stage;

    @BeforeEach
    void begin(@TempDir Path tls) throws Exception {
        stage = new Stage(tls).available();
    }

    @AfterEach
    void end() throws Exception {
        stage.close();
    }

    private List<OpenApiDocument> told() {
        return stage.parts.table.openApi();
    }

    private List<String> groups() {
        return told().stream().map(OpenApiDocument::group).toList();
    }

    /// Deals with all that is due.
    private void due() {
        while (stage.parts.aggregation.step()) {
            stage.api.deliver();
        }
    }

    private void later(Duration passed) {
        stage.clock.advance(passed);
        due();
    }

    private List<OpenApiDocument> known() throws InterruptedException {
        stage.backend.json(DOCUMENT);
        due();
        Waiting.until("the connection is over", stage.backend::idle);
        stage.backend.heads.clear();
        return told();
    }

    private static Backend.Script answers(int status, String headers, String body) {
        return (in, out) -> Backend.say(out, "HTTP/1.1 " + status + " Said\r\n" + headers + "Content-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    @Test
    void whatAServerSaysOfItsVersionIsKept() {
        stage.backend.json(DOCUMENT);
        due();
        assertThat(stage.backend.heads).singleElement().asString()
                .startsWith("GET /openapi/v2 HTTP/1.1\r\nHost: api.default.svc\r\n")
                .contains("X-Remote-User: system:aggregator\r\n", "Accept: application/json\r\n")
                .doesNotContain("If-None-Match", "X-Remote-Group");
        OpenApiDocument one = told().getFirst();
        assertThat(one.group() + "/" + one.version()).isEqualTo("things.example.com/v1");
        Struct document = Json.object(one.json());
        assertThat(document.struct("paths").names()).containsExactly("/apis/things.example.com/v1/things");
        assertThat(document.struct("definitions").names()).containsExactly("ThingList", "Thing");
        assertThat(document.struct("parameters").names()).containsExactly("limit");
    }

    @Test
    void aDocumentThatIsKnownByItsTagIsNotSentAgain() {
        stage.backend.script = answers(200, "ETag: \"one\"\r\n", DOCUMENT);
        due();
        List<OpenApiDocument> first = told();
        assertThat(first).hasSize(1);
        stage.backend.heads.clear();
        stage.backend.script = answers(304, "", "");
        later(OpenApiAggregation.AGAIN.minusMillis(1));
        assertThat(stage.backend.heads).isEmpty();
        later(OpenApiAggregation.AGAIN);
        assertThat(stage.backend.heads).singleElement().asString().contains("If-None-Match: \"one\"\r\n");
        assertThat(told()).isSameAs(first);
    }

    @Test
    void withoutATagItsBytesTellThatItIsTheSame() throws Exception {
        List<OpenApiDocument> first = known();
        later(OpenApiAggregation.AGAIN);
        assertThat(stage.backend.heads).singleElement().asString().doesNotContain("If-None-Match");
        assertThat(told()).isSameAs(first);
        stage.backend.json(DOCUMENT.replace("\"Things\"", "\"All things\""));
        later(OpenApiAggregation.AGAIN);
        assertThat(told()).as("what it says of another version").isSameAs(first);
    }

    @Test
    void whatIsMadeAnewIsCounted() throws Exception {
        assertThat(stage.parts.metrics().text()).doesNotContain("aggregator_openapi");
        known();
        stage.backend.json(DOCUMENT.replace("\"type\":\"object\"", "\"type\":\"string\""));
        later(OpenApiAggregation.AGAIN);
        later(OpenApiAggregation.AGAIN);
        stage.api.delete(ApiService.RESOURCE, Stage.KEY, DeleteOptions.PLAIN);
        stage.api.deliver();
        due();
        assertThat(told()).isEmpty();
        assertThat(stage.parts.metrics().text()).contains(COUNT + "add\"} 1\n", COUNT + "update\"} 1\n",
                COUNT + "delete\"} 1\n", "aggregator_openapi_v2_regeneration_duration{reason=\"update\"} ",
                "# TYPE aggregator_unavailable_apiservice gauge\n");
    }

    @Test
    void whatIsNoDocumentChangesNothing() throws Exception {
        List<OpenApiDocument> first = known();
        String deep = "[".repeat(OpenApiFilter.MOST_DEPTH + 1) + "]".repeat(OpenApiFilter.MOST_DEPTH + 1);
        for (Backend.Script lie : List.of(answers(200, "", "<html>"), answers(200, "", "[]"),
                answers(200, "", "{\"paths\":"), answers(200, "", "{\"x-deep\":" + deep + "}"),
                answers(200, "Content-Encoding: gzip\r\n", "\u001f\u008b"), answers(403, "", DOCUMENT),
                answers(404, "", ""), answers(302, "Location: https://10.0.0.1/\r\n", ""), answers(304, "", ""),
                (in, out) -> Backend.say(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n{"),
                (in, out) -> Backend.say(out, "hello"))) {
            stage.backend.heads.clear();
            stage.backend.script = lie;
            later(OpenApiAggregation.LONGEST);
            assertThat(stage.backend.heads).hasSize(1);
            assertThat(told()).isSameAs(first);
        }
        assertThat(stage.parts.aggregation.trouble()).isEmpty();
        stage.backend.json(DOCUMENT.replace("\"type\":\"object\"", "\"type\":\"string\""));
        later(OpenApiAggregation.LONGEST);
        assertThat(told()).isNotSameAs(first).hasSize(1);
    }

    @Test
    void whoFailsIsAskedLaterAndLaterUntilItIsChanged() throws Exception {
        known();
        stage.backend.script = answers(500, "", "");
        later(OpenApiAggregation.AGAIN);
        later(OpenApiAggregation.AGAIN);
        assertThat(stage.backend.heads).as("after a minute").hasSize(2);
        later(OpenApiAggregation.AGAIN);
        assertThat(stage.backend.heads).hasSize(2);
        later(OpenApiAggregation.AGAIN);
        assertThat(stage.backend.heads).as("after two minutes").hasSize(3);
        Obj there = stage.api.get(ApiService.RESOURCE, Stage.KEY);
        stage.api.update(ApiService.RESOURCE, there.with(17L, "spec", "versionPriority"), WriteOptions.PLAIN);
        stage.api.deliver();
        due();
        assertThat(stage.backend.heads).as("at once").hasSize(4);
    }

    @Test
    void whoHasNoDocumentIsAskedAgainAsAnyWhoFails() {
        stage.backend.script = answers(404, "", "");
        due();
        assertThat(told()).isEmpty();
        stage.backend.json(DOCUMENT);
        later(OpenApiAggregation.AGAIN);
        assertThat(stage.backend.heads).hasSize(2);
        assertThat(groups()).containsExactly("things.example.com");
    }

    @Test
    void whoIsNotAvailableIsNotAskedAndWhatItSaidStays() throws Exception {
        List<OpenApiDocument> first = known();
        stage.slice(false, "https");
        assertThat(stage.check().text("status")).isEqualTo("False");
        due();
        later(OpenApiAggregation.LONGEST);
        assertThat(stage.backend.heads).isEmpty();
        assertThat(told()).isSameAs(first);
    }

    @Test
    void aSlowServerDelaysItsOwnPartOnly() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        stage.backend.script = (in, out) -> {
            asked.countDown();
            goOn.await();
            answers(200, "", DOCUMENT).run(in, out);
        };
        Thread slow = Thread.ofVirtual().start(stage.parts.aggregation::step);
        asked.await();
        stage.backend.json(DOCUMENT);
        stage.another("more.example.com", 2000, Stage.SERVICE);
        stage.another("others.example.com", 3000, new Key("default", "other"));
        due();
        assertThat(groups()).containsExactly("others.example.com");
        goOn.countDown();
        slow.join();
        later(OpenApiAggregation.BUSY);
        assertThat(groups()).as("by priority, then by name").containsExactly("others.example.com",
                "more.example.com", "things.example.com");
    }

    @Test
    void aDownloadThatIsCutByTheStopSaysNothing() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        stage.backend.script = (in, out) -> {
            asked.countDown();
            in.read();
        };
        Thread download = Thread.ofVirtual().start(stage.parts.aggregation::step);
        asked.await();
        stage.parts.openApi.close();
        download.join();
        assertThat(told()).isEmpty();
        later(OpenApiAggregation.LONGEST);
        assertThat(stage.backend.heads).hasSize(1);
    }

    private static String document(String group, int bytes) {
        return "{\"paths\":{\"/apis/" + group + "/v1/\":{\"x\":\"" + "x".repeat(bytes) + "\"}}}";
    }

    private List<String> kept(OpenApiAggregation small, Key key, String document) {
        Controller loop = new Controller("small", stage.api, stage.clock, small);
        stage.backend.json(document);
        loop.queue().add(key);
        assertThat(loop.step()).isTrue();
        return small.documents().stream().map(OpenApiDocument::group).toList();
    }

    /// What is kept has some eighty bytes more than what is repeated in it.
    @Test
    void oneServerAndAllTogetherHaveABound() {
        int most = 1_500;
        Key more = stage.another("more.example.com", 2000, Stage.SERVICE);
        Key other = stage.another("others.example.com", 3000, new Key("default", "other"));
        Key third = stage.another("third.example.com", 2000, new Key("default", "third"));
        try (OpenApiAggregation small = new OpenApiAggregation(stage.parts.services, stage.parts.backends,
                stage.clock.monotonic(), 64L * most)) {
            assertThat(kept(small, other, document("others.example.com", 700))).as("beyond half of it").isEmpty();
            assertThat(kept(small, Stage.KEY, document("things.example.com", 600)))
                    .containsExactly("things.example.com");
            assertThat(kept(small, more, document("more.example.com", 100))).as("the same server has half of it")
                    .containsExactly("things.example.com");
            List<String> both = kept(small, other, document("others.example.com", 600));
            assertThat(both).containsExactly("others.example.com", "things.example.com");
            assertThat(kept(small, third, document("third.example.com", 100))).as("all have it").isEqualTo(both);
            assertThat(kept(small, Stage.KEY, "{\"x\":\"" + "x".repeat(most) + "\"}")).as("a longer one is not read")
                    .isEqualTo(both);
        }
    }

    @Test
    void whoClaimsAGroupOfKubernetesIsNotAsked() {
        stage.backend.json(DOCUMENT);
        stage.another("apps", 3000, Stage.SERVICE);
        due();
        assertThat(stage.backend.heads).hasSize(1);
        assertThat(groups()).containsExactly("things.example.com");
    }
}

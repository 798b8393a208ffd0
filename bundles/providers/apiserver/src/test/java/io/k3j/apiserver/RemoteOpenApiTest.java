package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `/openapi/v2` of a server behind which others are.
class RemoteOpenApiTest {
    private static final String PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    private static final List<String> TYPES = List.of(AggregatedApis.class.getName());
    private static final String THEIRS = """
            "/apis/things.example.com/v1/things":{"get":{"description":"theirs"}}""";
    private final TestServer server = new TestServer();
    private final Others others = new Others();

    private static final class Others implements AggregatedApis {
        private volatile List<OpenApiDocument> documents = List.of();

        @Override
        public boolean aggregates(String group, String version) {
            return false;
        }

        @Override
        public int serve(Call call) {
            return 503;
        }

        @Override
        public List<Version> versions() {
            return List.of();
        }

        @Override
        public List<OpenApiDocument> openApi() {
            return documents;
        }

        void say(AggregatedApis.OpenApiDocument... all) {
            documents = List.of(all);
        }
    }

    @BeforeEach
    void begin() {
        server.contributions.aggregator().want();
        server.contributions.add(others, TYPES, Map.of());
    }

    @AfterEach
    void end() {
        server.close();
    }

    private static AggregatedApis.OpenApiDocument document(String group, String json) {
        return new AggregatedApis.OpenApiDocument(group, "v1", json.getBytes(StandardCharsets.UTF_8));
    }

    private static AggregatedApis.OpenApiDocument things() {
        return document("things.example.com", "{\"paths\":{" + THEIRS
                + "},\"definitions\":{\"com.example.Thing\":{\"type\":\"object\"}}}");
    }

    private TestExchange asked(String accept, String known) throws IOException {
        return server.serve(new TestExchange("GET", "/openapi/v2", new byte[0]).with("accept", accept)
                .with("if-none-match", known));
    }

    @Test
    void hasWhatOthersSayInBothForms() throws IOException {
        TestExchange alone = server.get("/openapi/v2");
        others.say(things());
        TestExchange json = asked("application/json", alone.answered("etag"));
        assertThat(json.status()).isEqualTo(200);
        assertThat(json.text()).contains(THEIRS, "\"com.example.Thing\":{\"type\":\"object\"}",
                "\"/apis/apps/v1/deployments\":");
        assertThat(asked("application/json", json.answered("etag")).status()).isEqualTo(304);
        TestExchange protobuf = asked(PROTOBUF, "");
        assertThat(protobuf.answered("content-type")).isEqualTo(PROTOBUF);
        assertThat(protobuf.text()).contains("/apis/things.example.com/v1/things", "com.example.Thing");
        assertThat(asked(PROTOBUF, protobuf.answered("etag")).status()).isEqualTo(304);
    }

    @Test
    void isMadeAnewWhenOneSaysSomethingElseAndAsBeforeWhenItGoes() throws IOException {
        TestExchange alone = server.get("/openapi/v2");
        others.say(things());
        String first = server.get("/openapi/v2").answered("etag");
        others.say(document("things.example.com", "{\"paths\":{\"/apis/things.example.com/v1/all\":{}}}"));
        TestExchange second = asked("application/json", first);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.text()).contains("\"/apis/things.example.com/v1/all\":{}").doesNotContain(THEIRS);
        others.say();
        assertThat(asked("application/json", alone.answered("etag")).status()).isEqualTo(304);
        assertThat(server.get("/openapi/v2").text()).isEqualTo(alone.text());
    }

    @Test
    void whoseDocumentCannotBeUsedIsLeftOutAlone() throws IOException {
        others.say(document("broken.example.com", "{\"paths\":"), document("lie.example.com",
                "{\"paths\":{\"/apis/lie.example.com/v1/a\":{\"get\":[]}}}"), things(),
                document("thief.example.com", "{\"paths\":{\"/apis/apps/v1/stolen\":{}}}"),
                document("apps", "{\"paths\":{\"/apis/apps/v1/stolen\":{}}}"));
        TestExchange all = server.get("/openapi/v2");
        assertThat(all.status()).isEqualTo(200);
        assertThat(all.text()).contains(THEIRS, "\"/apis/apps/v1/deployments\":").doesNotContain("lie.example.com",
                "stolen");
        assertThat(asked(PROTOBUF, "").status()).isEqualTo(200);
    }

    @Test
    void aVersionThatAnotherServerTellsOfIsNotToldOfHere() throws IOException {
        ResourceKind model = new TestKinds().kinds().iterator().next();
        Gvk thing = Gvk.of("things.example.com/v1", "Thing");
        KindCatalog kinds = () -> List.of(new ResourceKind(Gvr.of("things.example.com/v1", "things"), thing,
                model.names(), true, model.verbs(), List.of(),
                new ResourceKind.Storage("/registry/things.example.com/things/", thing), model.shape(),
                model.columns(), model.strategy()));
        server.contributions.add(kinds, List.of(KindCatalog.class.getName()), Map.of());
        String own = "/apis/things.example.com/v1/namespaces/{namespace}/things";
        assertThat(server.get("/openapi/v2").text()).contains(own);
        others.say(things());
        assertThat(server.get("/openapi/v2").text()).contains(THEIRS).doesNotContain(own);
    }

    @Test
    void whileTheAggregatorIsAwayItIsAsItWas() throws IOException {
        others.say(things());
        TestExchange before = server.get("/openapi/v2");
        server.contributions.remove(others, TYPES);
        assertThat(asked("application/json", before.answered("etag")).status()).isEqualTo(304);
        server.contributions.aggregator().unwant();
        assertThat(server.get("/openapi/v2").text()).doesNotContain("things.example.com");
    }
}

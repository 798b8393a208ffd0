package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Requests while the aggregator is wanted and has not come yet, or is away: nothing is taken for this server's, or for
/// nobody's, that may be another one's.
class MissingAggregatorTest {
    private static final List<String> TYPES = List.of(AggregatedApis.class.getName());
    private static final String THINGS = "/apis/things.example.com/v1/namespaces/a/things";
    private static final String THING = """
            {"apiVersion":"things.example.com/v1","kind":"Thing","metadata":{"name":"x"}}""";
    private static final String ROW = "/registry/things.example.com/things/a/x";
    private final TestServer server = new TestServer();

    /// APIServices, and a custom resource in two versions.
    private static final class Kinds implements KindCatalog {
        @Override
        public Collection<ResourceKind> kinds() {
            ResourceKind model = new TestKinds().kinds().iterator().next();
            return List.of(kind(model, "apiregistration.k8s.io/v1", "apiservices", "APIService", false),
                    kind(model, "things.example.com/v1", "things", "Thing", true),
                    kind(model, "things.example.com/v2", "things", "Thing", true));
        }

        private static ResourceKind kind(ResourceKind model, String apiVersion, String plural, String kind,
                boolean namespaced) {
            Gvk gvk = Gvk.of(apiVersion, kind);
            return new ResourceKind(Gvr.of(apiVersion, plural), gvk, model.names(), namespaced, model.verbs(),
                    List.of(), new ResourceKind.Storage("/registry/" + gvk.group() + "/" + plural + "/", gvk),
                    TestKinds.SCHEMAS.shape(gvk).orElse(model.shape()), model.columns(), model.strategy());
        }
    }

    /// Serves one version of the group that is served here as well.
    private static final class Others implements AggregatedApis {
        @Override
        public boolean aggregates(String group, String version) {
            return group.equals("things.example.com") && version.equals("v1");
        }

        @Override
        public int serve(Call call) throws IOException {
            call.exchange().respond(200, Map.of(), "other".getBytes(StandardCharsets.UTF_8));
            return 200;
        }

        @Override
        public List<Version> versions() {
            return List.of(new Version("things.example.com", "v1", 500, 10, Struct.of("version", "v1")));
        }
    }

    @BeforeEach
    void begin() {
        server.contributions.add(new Kinds(), List.of(KindCatalog.class.getName()), Map.of());
        server.contributions.aggregator().want();
    }

    @AfterEach
    void end() {
        server.close();
    }

    private void giveAway() throws IOException {
        assertThat(server.call("POST", "/apis/apiregistration.k8s.io/v1/apiservices", """
                {"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService",
                 "metadata":{"name":"v1.things.example.com"},
                 "spec":{"group":"things.example.com","version":"v1","groupPriorityMinimum":500,"versionPriority":10,
                  "service":{"namespace":"a","name":"b"}}}""").status()).isEqualTo(201);
    }

    private boolean stored() {
        return server.server.storage().log().newest().tree().get(ROW) != null;
    }

    @Test
    void atAStartNothingIsNotFoundBeforeItIsKnownWhoServesIt() throws IOException {
        for (String unknown : List.of("/apis/metrics.example.com/v1/nodes", "/apis/metrics.example.com/v1",
                "/apis/metrics.example.com", "/apis/things.example.com/v3/things")) {
            TestExchange early = server.get(unknown);
            assertThat(early.status()).as(unknown).isEqualTo(503);
            assertThat(early.answered("retry-after")).isEqualTo("1");
        }
        assertThat(server.get("/apis/things.example.com").status()).isEqualTo(200);
        assertThat(server.call("POST", THINGS, THING).status()).as("served here alone").isEqualTo(201);
        assertThat(server.get("/apis/nothing").status()).isEqualTo(503);
        server.contributions.add(new Others(), TYPES, Map.of());
        assertThat(server.get("/apis/nothing").status()).isEqualTo(404);
    }

    @Test
    void atAStartNoWriteOfAVersionThatIsGivenAwayGoesToTheDatastore() throws IOException {
        giveAway();
        assertThat(server.call("POST", THINGS, THING).status()).isEqualTo(503);
        assertThat(stored()).isFalse();
        assertThat(server.get(THINGS.replace("v1", "v2")).status()).as("another version").isEqualTo(200);
        server.contributions.add(new Others(), TYPES, Map.of());
        assertThat(server.call("POST", THINGS, THING).text()).isEqualTo("other");
        assertThat(stored()).isFalse();
    }

    @Test
    void inASwapNoWriteOfAVersionOfAnotherServerGoesToTheDatastore() throws IOException {
        Others old = new Others();
        server.contributions.add(old, TYPES, Map.of());
        server.contributions.remove(old, TYPES);
        assertThat(server.call("POST", THINGS, THING).status()).isEqualTo(503);
        assertThat(stored()).isFalse();
    }

    @Test
    void aRequestThatWaitsIsPassedOnWhenTheAggregatorComes() throws Exception {
        giveAway();
        CompletableFuture<String> waiting = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                waiting.complete(server.get(THINGS).text());
            } catch (IOException e) {
                waiting.completeExceptionally(e);
            }
        });
        server.contributions.add(new Others(), TYPES, Map.of());
        assertThat(waiting.get(1, TimeUnit.MINUTES)).isEqualTo("other");
    }

    @Test
    void isNotReadyBeforeItIsKnownWhatOtherServersServe() throws IOException {
        TestExchange early = server.get("/readyz");
        assertThat(early.status()).isEqualTo(500);
        assertThat(early.text()).contains("[-]poststarthook/apiservice-registration-controller failed");
        Others old = new Others();
        server.contributions.add(old, TYPES, Map.of());
        server.contributions.remove(old, TYPES);
        server.health.scope("apiservice-registration").ok();
        assertThat(server.get("/readyz").text()).as("stays so while it is replaced").isEqualTo("ok");
    }

    @Test
    void withoutTheFeatureNobodyWaits() throws IOException {
        giveAway();
        server.contributions.aggregator().unwant();
        assertThat(server.get("/apis/metrics.example.com/v1/nodes").status()).isEqualTo(404);
        assertThat(server.call("POST", THINGS, THING).status()).isEqualTo(201);
        assertThat(server.get("/readyz").text()).isEqualTo("ok");
    }
}

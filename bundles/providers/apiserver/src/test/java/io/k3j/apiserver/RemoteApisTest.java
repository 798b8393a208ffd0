package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.apidiscovery.RemoteObjects;
import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Requests of versions that other servers serve.
class RemoteApisTest {
    private static final String V2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    private static final List<String> TYPES = List.of(AggregatedApis.class.getName());
    private final TestServer server = new TestServer();
    private final Others others = new Others();

    /// Serves two versions of a group, and claims a built-in one.
    private static final class Others implements AggregatedApis {
        final List<String> asked = new ArrayList<>();
        List<Version> more = List.of();
        /// After how many answers a list has ended.
        int chunks = 1;
        String text = "";

        @Override
        public boolean aggregates(String group, String version) {
            return versions().stream().anyMatch(v -> v.group().equals(group) && v.version().equals(version));
        }

        @Override
        public int serve(Call call) throws IOException {
            asked.add(call.caller().user() + " " + call.exchange().method() + " " + call.exchange().path());
            call.exchange().respond(200, Map.of(), "other".getBytes(StandardCharsets.UTF_8));
            return 200;
        }

        @Override
        public Struct ask(Question question) {
            asked.add(question.caller().user() + " " + question.resource().resource() + " " + question.key() + " "
                    + question.subresource() + " " + question.parameters());
            Struct one = Struct.of("items",
                    Seq.of(Struct.of("metadata", Struct.of("name", "one"), "data", Struct.of("text", text))));
            return chunks-- > 1 ? one.with("metadata", Struct.of("continue", "next")) : one;
        }

        @Override
        public void delete(Question question, Struct options) {
            asked.add(question.caller().user() + " deletes " + question.resource().resource() + " " + question.key()
                    + " " + question.parameters() + " " + options.text("propagationPolicy"));
        }

        @Override
        public List<Version> versions() {
            List<Version> all = new ArrayList<>(more);
            all.addAll(List.of(version("things.example.com", "v1beta1", 10),
                    version("things.example.com", "v1", 20), version("apps", "v1", 20)));
            return List.copyOf(all);
        }

        private static Version version(String group, String version, int priority) {
            return new Version(group, version, 500, priority, Struct.of("version", version, "resources", Seq.EMPTY,
                    "freshness", "Stale"));
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

    private int status(String user, String method, String target) throws IOException {
        TestExchange asked = new TestExchange(method, target, new byte[0]);
        return server.serve(user.isEmpty() ? asked : asked.with("authorization", "Bearer " + user)).status();
    }

    @Test
    void requestsAreAuthorizedByTheirResourceAndPassedOn() throws IOException {
        List<Authorizer.Attributes> decided = new ArrayList<>();
        server.contributions.authorizers().add((caller, what) -> {
            decided.add(what);
            return new Authorizer.Decision(what.resource().equals("things") ? Authorizer.Verdict.ALLOW
                    : Authorizer.Verdict.NO_OPINION, "");
        }, Map.of());
        String base = "/apis/things.example.com/v1/namespaces/a/";
        assertThat(status("jane", "DELETE", base + "things/x")).isEqualTo(200);
        assertThat(decided).singleElement().isEqualTo(new Authorizer.Attributes("delete", "things.example.com", "v1",
                "things", "", "a", "x", ""));
        assertThat(status("jane", "DELETE", base + "others/x")).isEqualTo(403);
        assertThat(status("jane", "GET", "/apis/things.example.com/v1")).isEqualTo(403);
        assertThat(status("", "GET", "/apis/things.example.com/v1")).isEqualTo(200);
        assertThat(status("", "GET", "/openapi/v3/apis/things.example.com/v1")).isEqualTo(200);
        assertThat(others.asked).containsExactly("jane DELETE " + base + "things/x",
                "admin GET /apis/things.example.com/v1", "admin GET /openapi/v3/apis/things.example.com/v1");
    }

    private ApiClient component(String group, ViewKeeper views) {
        Caller caller = Caller.of("autoscaler", List.of(group));
        return new LocalClient(server.server.local(), user -> caller, caller, views);
    }

    @Test
    void componentsOfThisProcessAskThemAsWell() {
        try (ViewKeeper views = new ViewKeeper()) {
            ApiClient api = component("system:masters", views);
            Gvr things = Gvr.of("things.example.com/v1", "things");
            assertThat(api.list(things, Query.in("a").labelled(Selector.parse("x=y"))).items())
                    .singleElement().satisfies(o -> assertThat(o.name()).isEqualTo("one"));
            assertThat(api.read(things, new Key("a", "*"), "rate", Struct.of("q", "1")).seq("items").size())
                    .isEqualTo(1);
            assertThat(others.asked).containsExactly(
                    "autoscaler things a/  {labelSelector: x=y, limit: 500}",
                    "autoscaler things a/* rate {q: 1}");
            assertThatExceptionOfType(ApiFault.class)
                    .isThrownBy(() -> component("nobody", views).read(things, new Key("a", ""), "", Struct.EMPTY))
                    .withMessageContaining("cannot list resource \"things\"");
            assertThatExceptionOfType(ApiFault.class).isThrownBy(
                    () -> api.read(Gvr.of("things.example.com/v2", "things"), new Key("a", "*"), "rate", Struct.EMPTY))
                    .satisfies(f -> assertThat(f.code()).isEqualTo(404));
            assertThat(others.asked).hasSize(2);
        }
    }

    @Test
    void aListIsAskedForInChunksAndHasABound() {
        try (ViewKeeper views = new ViewKeeper()) {
            ApiClient api = component("system:masters", views);
            Gvr things = Gvr.of("things.example.com/v1", "things");
            others.chunks = 3;
            assertThat(api.list(things, Query.in("a")).items()).hasSize(3);
            assertThat(others.asked).containsExactly("autoscaler things a/  {limit: 500}",
                    "autoscaler things a/  {limit: 500, continue: next}",
                    "autoscaler things a/  {limit: 500, continue: next}");
            others.chunks = Integer.MAX_VALUE;
            assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> api.list(things, Query.in("a")))
                    .withMessageContaining("more things.things.example.com than 200 chunks")
                    .satisfies(f -> assertThat(f.code()).isEqualTo(503));
            assertThat(others.asked).hasSize(3 + RemoteObjects.MOST_CHUNKS);
            others.asked.clear();
            others.text = "x".repeat((int) (RemoteObjects.MOST_BYTES / 4));
            assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> api.list(things, Query.in("a")))
                    .satisfies(f -> assertThat(f.code()).isEqualTo(503));
            assertThat(others.asked).hasSize(4);
        }
    }

    @Test
    void componentsOfThisProcessDeleteWhatTheyHave() {
        try (ViewKeeper views = new ViewKeeper()) {
            ApiClient api = component("system:masters", views);
            Gvr things = Gvr.of("things.example.com/v1", "things");
            DeleteOptions background = DeleteOptions.PLAIN.propagating("Background");
            api.delete(things, new Key("a", "x"), background);
            api.deleteAll(things, Query.in("a").labelled(Selector.parse("x=y")), background);
            assertThat(api.find(things, new Key("a", "x")).orElseThrow().name()).isEmpty();
            assertThat(others.asked).containsExactly("autoscaler deletes things a/x {} Background",
                    "autoscaler deletes things a/ {labelSelector: x=y} Background", "autoscaler things a/x  {}");
            assertThatExceptionOfType(ApiFault.class)
                    .isThrownBy(() -> component("nobody", views).delete(things, new Key("a", "x"), background))
                    .withMessageContaining("cannot delete resource \"things\"");
            assertThat(others.asked).hasSize(3);
        }
    }

    @Test
    void componentsOfThisProcessAreToldThatNotAllIsKnown() {
        try (ViewKeeper views = new ViewKeeper()) {
            ApiClient api = component("system:masters", views);
            assertThat(api.discover().failures()).containsExactly(
                    "things.example.com/v1: stale GroupVersion discovery: things.example.com/v1",
                    "things.example.com/v1beta1: stale GroupVersion discovery: things.example.com/v1beta1");
            server.contributions.remove(others, TYPES);
            assertThat(api.discover().failures()).last().isEqualTo("the aggregator is starting or being replaced");
        }
    }

    @Test
    void whatNobodyElseServesAndBuiltInGroupsStayHere() throws IOException {
        assertThat(server.get("/apis/things.example.com/v2/things").status()).isEqualTo(404);
        assertThat(server.get("/apis/apps/v1/deployments").text()).contains("DeploymentList");
        assertThat(server.get("/apis/apps/v1").text()).contains("APIResourceList");
        assertThat(others.asked).isEmpty();
    }

    @Test
    void discoveryShowsThemByPriority() throws IOException {
        String groups = server.get("/apis").text().strip();
        assertThat(groups).endsWith(",{\"name\":\"things.example.com\",\"versions\":["
                + "{\"groupVersion\":\"things.example.com/v1\",\"version\":\"v1\"},"
                + "{\"groupVersion\":\"things.example.com/v1beta1\",\"version\":\"v1beta1\"}],"
                + "\"preferredVersion\":{\"groupVersion\":\"things.example.com/v1\",\"version\":\"v1\"}}]}");
        assertThat(server.get("/apis/things.example.com").text()).contains("\"kind\":\"APIGroup\"", "v1beta1");
        TestExchange aggregated = server.serve(new TestExchange("GET", "/apis", new byte[0]).with("accept", V2));
        assertThat(aggregated.text().strip()).endsWith("{\"metadata\":{\"name\":\"things.example.com\","
                + "\"creationTimestamp\":null},\"versions\":["
                + "{\"version\":\"v1\",\"resources\":[],\"freshness\":\"Stale\"},"
                + "{\"version\":\"v1beta1\",\"resources\":[],\"freshness\":\"Stale\"}]}]}");
        assertThat(server.get("/openapi/v3").text()).contains("\"apis/things.example.com/v1\":{\"serverRelativeURL\":"
                + "\"/openapi/v3/apis/things.example.com/v1\"}");
    }

    @Test
    void whileTheAggregatorIsAwayNothingIsNotFound() throws IOException {
        String before = server.get("/apis").text();
        server.contributions.remove(others, TYPES);
        TestExchange away = server.get("/apis/things.example.com/v1/things");
        assertThat(away.status()).isEqualTo(503);
        assertThat(away.answered("retry-after")).isEqualTo("1");
        assertThat(away.text()).contains("the aggregator is starting or being replaced");
        assertThat(server.get("/apis/things.example.com/v1").status()).isEqualTo(503);
        assertThat(server.get("/openapi/v3/apis/things.example.com/v1").status()).isEqualTo(503);
        assertThat(server.get("/apis").text()).isEqualTo(before);
        assertThat(server.get("/apis/apps/v1/deployments").status()).isEqualTo(200);
        server.health.scope("apiservice-registration").ok();
        assertThat(server.get("/readyz").text()).as("it was there").isEqualTo("ok");
        server.contributions.aggregator().unwant();
        assertThat(server.get("/apis/things.example.com/v1/things").status()).isEqualTo(404);
        assertThat(server.get("/apis").text()).doesNotContain("things.example.com");
    }

    @Test
    void nothingOfThisServersOwnWaitsForTheAggregator() {
        server.contributions.remove(others, TYPES);
        assertThat(server.contributions.complete()).isTrue();
    }

    @Test
    void whatItServedIsRememberedAsItWasWhenItWent() throws IOException {
        others.more = List.of(Others.version("late.example.com", "v1", 10));
        server.contributions.remove(others, TYPES);
        assertThat(server.get("/apis").text()).contains("late.example.com/v1");
    }
}

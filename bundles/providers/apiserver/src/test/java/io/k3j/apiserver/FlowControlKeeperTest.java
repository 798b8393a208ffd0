package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.apiserverapi.ResourceKind.Subresource;
import io.k3j.apiservercontrollers.FlowControlKeeper;
import io.k3j.apiservercontrollers.FlowControlObjects;
import io.k3j.apiservercontrollers.FlowSchemaStatus;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.codec.Json;
import io.k3j.flowcontrol.FlowController;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The objects of API priority and fairness: who makes and keeps them, and what they do to requests.
class FlowControlKeeperTest {
    private static final String VERSION = "flowcontrol.apiserver.k8s.io/v1";
    private static final String AUTO_UPDATE = "apf.kubernetes.io/autoupdate-spec";
    private static final Gvr SCHEMAS = Gvr.of(VERSION, "flowschemas");
    private static final Gvr LEVELS = Gvr.of(VERSION, "prioritylevelconfigurations");
    private final TestServer server = new TestServer();
    private final Caller self = Caller.of("system:apiserver", List.of("system:masters"));
    private final ApiClient api = new LocalClient(server.server.local(), user -> self, self, new ViewKeeper());
    private final FlowController flows = server.server.limits().flows();
    private final FlowControlObjects objects = new FlowControlObjects(api);
    private final FlowSchemaStatus status = new FlowSchemaStatus(api, flows, InstantSource.system());

    FlowControlKeeperTest() {
        List<ResourceKind> kinds = List.of(kind("flowschemas", "FlowSchema"),
                kind("prioritylevelconfigurations", "PriorityLevelConfiguration"));
        server.contributions.kinds().put((KindCatalog) () -> kinds, Map.of());
    }

    private static ResourceKind kind(String plural, String kind) {
        ResourceKind of = TestKinds.kind(VERSION, plural, kind, "/registry/" + plural + "/",
                List.of(new Subresource("status", Gvk.of(VERSION, kind), Set.of("get", "patch", "update"),
                        ResourceKind.Scope.STATUS)),
                new Strategy(true, false, false, true, true));
        return new ResourceKind(of.gvr(), of.gvk(), of.names(), false, of.verbs(), of.subresources(), of.storage(),
                of.shape(), of.columns(), of.strategy());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static void until(BooleanSupplier held) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!held.getAsBoolean() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(10_000_000);
        }
        assertThat(held.getAsBoolean()).isTrue();
    }

    private Obj get(Gvr resource, String name) {
        return api.get(resource, Key.of(name));
    }

    private void update(Obj object) {
        api.update(object.gvk().kind().equals("FlowSchema") ? SCHEMAS : LEVELS, object, WriteOptions.PLAIN);
    }

    private static Obj object(String kind, String name, String annotation, String spec) {
        return Obj.of(Struct.of("apiVersion", VERSION, "kind", kind, "metadata",
                Struct.of("name", name, "annotations",
                        annotation.isEmpty() ? Struct.EMPTY : Struct.of(AUTO_UPDATE, annotation)),
                "spec", Json.object(spec.replace('\'', '"').getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void everyClusterHasUpstreamsObjectsAndOnceMadeNothingIsWritten() {
        objects.ensure();
        status.sync();
        assertThat(api.list(SCHEMAS, Query.ALL).items()).hasSize(11).allSatisfy(s -> {
            assertThat(s.annotations()).containsEntry(AUTO_UPDATE, "true");
            Struct condition = s.status().seq("conditions").struct(0);
            assertThat(condition.text("type")).isEqualTo("Dangling");
            assertThat(condition.text("status")).isEqualTo("False");
            assertThat(condition.text("message")).endsWith("and it exists");
        });
        assertThat(api.list(LEVELS, Query.ALL).items()).hasSize(8);
        assertThat(get(LEVELS, "workload-low").spec()).isEqualTo(Json.object(("{\"type\":\"Limited\",\"limited\":"
                + "{\"nominalConcurrencyShares\":100,\"lendablePercent\":90,\"limitResponse\":{\"type\":\"Queue\","
                + "\"queuing\":{\"queues\":128,\"handSize\":6,\"queueLengthLimit\":50}}}}")
                .getBytes(StandardCharsets.UTF_8)));
        long revision = api.list(SCHEMAS, Query.ALL).revision();
        objects.ensure();
        status.sync();
        assertThat(api.list(SCHEMAS, Query.ALL).revision()).isEqualTo(revision);
    }

    @Test
    void mandatoryObjectsAreAlwaysSetAnewAndSuggestedOnesAsTheirAnnotationSays() {
        objects.ensure();
        Obj mandatory = get(LEVELS, "catch-all");
        update(mandatory.with(99L, "spec", "limited", "nominalConcurrencyShares").with("false", "metadata",
                "annotations", AUTO_UPDATE));
        update(get(LEVELS, "system").with(99L, "spec", "limited", "nominalConcurrencyShares"));
        update(get(LEVELS, "node-high").with(99L, "spec", "limited", "nominalConcurrencyShares").with("false",
                "metadata", "annotations", AUTO_UPDATE));
        update(get(LEVELS, "workload-low").with(99L, "spec", "limited", "nominalConcurrencyShares")
                .without("metadata", "annotations"));
        api.delete(SCHEMAS, Key.of("probes"), DeleteOptions.PLAIN);
        objects.ensure();
        assertThat(get(LEVELS, "catch-all").spec()).isEqualTo(mandatory.spec());
        assertThat(get(LEVELS, "catch-all").annotations()).containsEntry(AUTO_UPDATE, "true");
        assertThat(get(LEVELS, "system").at("spec", "limited", "nominalConcurrencyShares")).isEqualTo(30L);
        assertThat(get(LEVELS, "node-high").at("spec", "limited", "nominalConcurrencyShares")).isEqualTo(99L);
        assertThat(get(LEVELS, "workload-low").at("spec", "limited", "nominalConcurrencyShares"))
                .as("changed by somebody, and it does not say for whom").isEqualTo(99L);
        assertThat(get(LEVELS, "workload-low").annotations()).containsEntry(AUTO_UPDATE, "false");
        assertThat(api.find(SCHEMAS, Key.of("probes"))).isPresent();
    }

    /// Upstream's one field of a mandatory object that is the administrator's.
    @Test
    void whatExemptRequestsLeaveToOthersStaysAsItWasSet() {
        objects.ensure();
        update(get(LEVELS, "exempt").with(40L, "spec", "exempt", "nominalConcurrencyShares"));
        objects.ensure();
        assertThat(get(LEVELS, "exempt").at("spec", "exempt", "nominalConcurrencyShares")).isEqualTo(40L);
        update(get(LEVELS, "exempt").without("spec", "exempt"));
        objects.ensure();
        assertThat(get(LEVELS, "exempt").at("spec", "exempt", "nominalConcurrencyShares")).isEqualTo(0L);
    }

    @Test
    void whatNoClusterBeginsWithAnyMoreIsRemoved() {
        String spec = "{'type':'Limited','limited':{'limitResponse':{'type':'Reject'}}}";
        for (String annotation : List.of("true", "false", "")) {
            api.create(LEVELS, object("PriorityLevelConfiguration", "old-" + annotation + "x", annotation, spec),
                    WriteOptions.PLAIN);
        }
        objects.ensure();
        assertThat(api.find(LEVELS, Key.of("old-truex"))).isEmpty();
        assertThat(api.find(LEVELS, Key.of("old-falsex"))).isPresent();
        assertThat(api.find(LEVELS, Key.of("old-x"))).isPresent();
    }

    @Test
    void aSchemaSaysWhetherItsLevelIsMissing() {
        api.create(SCHEMAS, object("FlowSchema", "mine", "", "{'matchingPrecedence':5,'priorityLevelConfiguration':"
                + "{'name':'mine'}}"), WriteOptions.PLAIN);
        status.sync();
        Struct condition = get(SCHEMAS, "mine").status().seq("conditions").struct(0);
        assertThat(condition.text("status")).isEqualTo("True");
        assertThat(condition.text("reason")).isEqualTo("NotFound");
        assertThat(condition.text("message")).isEqualTo("This FlowSchema references the PriorityLevelConfiguration "
                + "object named \"mine\" but there is no such object");
        assertThat(get(SCHEMAS, "mine").metadata().seq("managedFields").toString())
                .contains("api-priority-and-fairness-config-consumer-v1");
        api.create(LEVELS, object("PriorityLevelConfiguration", "mine", "", "{'type':'Limited','limited':"
                + "{'limitResponse':{'type':'Reject'}}}"), WriteOptions.PLAIN);
        status.sync();
        assertThat(get(SCHEMAS, "mine").status().seq("conditions").struct(0).text("reason")).isEqualTo("Found");
    }

    private int asJane() throws IOException {
        return server.serve(new TestExchange("GET", "/api/v1/namespaces/a/configmaps", new byte[0])
                .with("authorization", "Bearer jane")).status();
    }

    @Test
    void requestsAreQueuedAsStoredObjectsSay() throws Exception {
        server.everybody();
        objects.ensure();
        api.create(LEVELS, object("PriorityLevelConfiguration", "tiny", "", "{'type':'Limited','limited':"
                + "{'nominalConcurrencyShares':0,'borrowingLimitPercent':0,'limitResponse':{'type':'Reject'}}}"),
                WriteOptions.PLAIN);
        api.create(SCHEMAS, object("FlowSchema", "jane", "", "{'matchingPrecedence':5,'priorityLevelConfiguration':"
                + "{'name':'tiny'},'rules':[{'subjects':[{'kind':'User','user':{'name':'jane'}}],'resourceRules':"
                + "[{'verbs':['list'],'apiGroups':[''],'resources':['configmaps'],'namespaces':['a']}]}]}"),
                WriteOptions.PLAIN);
        String uid = get(SCHEMAS, "jane").uid();
        TestExchange[] last = new TestExchange[1];
        until(() -> {
            try {
                last[0] = server.serve(new TestExchange("GET", "/api/v1/namespaces/a/configmaps", new byte[0])
                        .with("authorization", "Bearer jane"));
                return last[0].status() == 429;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(last[0].text()).contains("Too many requests, please try again later.");
        assertThat(last[0].answered("retry-after")).isNotEmpty();
        assertThat(last[0].answered("x-kubernetes-pf-flowschema-uid")).isEqualTo(uid);
        assertThat(last[0].answered("x-kubernetes-pf-prioritylevel-uid")).isEqualTo(get(LEVELS, "tiny").uid());
        assertThat(server.get("/metrics").text()).contains("apiserver_flowcontrol_rejected_requests_total"
                + "{flow_schema=\"jane\",priority_level=\"tiny\",reason=\"concurrency-limit\"} ");
        api.delete(SCHEMAS, Key.of("jane"), DeleteOptions.PLAIN);
        until(() -> {
            try {
                return asJane() == 200;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void whoMaySeesWhatFlowControlDoes() throws IOException {
        String path = "/debug/api_priority_and_fairness/";
        assertThat(server.get(path + "dump_priority_levels").text())
                .startsWith("PriorityLevelName, ActiveQueues, IsIdle")
                .contains("\nworkload-low, ");
        assertThat(server.get(path + "dump_queues").status()).isEqualTo(200);
        assertThat(server.get(path + "dump_requests?includeRequestDetails=1").text()).startsWith("PriorityLevelName,")
                .contains("UserName", "\nexempt,", "dump_requests");
        assertThat(server.get(path + "dump_levels").status()).isEqualTo(404);
        assertThat(server.get("/debug/pprof/heap").status()).isEqualTo(404);
        assertThat(server.serve(new TestExchange("GET", path + "dump_requests", new byte[0]).with("authorization",
                "Bearer jane")).status()).isEqualTo(403);
    }

    @Test
    void whatIsDeletedComesBackByItself() {
        FlowControlKeeper keeper = new FlowControlKeeper(objects, status, flows::changes, server.health);
        server.server.flows().listen(keeper::changed);
        keeper.start();
        try {
            until(() -> api.find(SCHEMAS, Key.of("catch-all")).isPresent());
            String first = get(SCHEMAS, "catch-all").uid();
            api.delete(SCHEMAS, Key.of("catch-all"), DeleteOptions.PLAIN);
            until(() -> api.find(SCHEMAS, Key.of("catch-all")).filter(o -> !o.uid().equals(first)).isPresent());
            until(() -> !get(SCHEMAS, "catch-all").status().isEmpty());
        } finally {
            keeper.close();
        }
    }
}

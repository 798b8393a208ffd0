package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.codec.Json;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.SnapshotTree;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FlowControllerTest {
    private static final long SECOND = 1_000_000_000;
    private static final Gvr PODS = new Gvr("", "v1", "pods");
    private static final Gvr LEASES = new Gvr("coordination.k8s.io", "v1", "leases");
    private static final Gvr NODES = new Gvr("", "v1", "nodes");
    private static final Caller JANE = Caller.of("jane", List.of("people", "system:authenticated"));
    private final SortedMap<String, Item> objects = new TreeMap<>();
    private final AtomicLong clock = new AtomicLong();
    private final FlowController flows = new FlowController(this::tree, 600, (b, n) -> clock.addAndGet(n), clock::get,
            new Random(1));

    private SnapshotTree<Item> tree() {
        SnapshotTree.Ascending<Item> all = new SnapshotTree.Ascending<>();
        objects.forEach(all::add);
        return all.tree();
    }

    private void store(Struct object, String uid) {
        Struct named = object.with("metadata", object.struct("metadata").with("uid", uid));
        String prefix = object.text("kind").equals("FlowSchema") ? FlowController.SCHEMAS : FlowController.LEVELS;
        String key = prefix + object.struct("metadata").text("name");
        objects.put(key, new Item(key, Json.stored(named), 1, 1));
        flows.look();
    }

    private void storeAll() {
        BootstrapConfiguration.levels().forEach(o -> store(o, "uid-of-level-" + o.struct("metadata").text("name")));
        BootstrapConfiguration.schemas().forEach(o -> store(o, "uid-of-schema-" + o.struct("metadata").text("name")));
    }

    private static Struct object(String kind, String name, String spec) {
        return Struct.of("apiVersion", "flowcontrol.apiserver.k8s.io/v1", "kind", kind, "metadata",
                Struct.of("name", name), "spec", Json.object(spec.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    private static RequestDigest of(Caller caller, String verb, Gvr resource, String sub, String namespace) {
        return new RequestDigest(caller, true, verb, resource, sub, namespace, "/a/resource", "n");
    }

    private static RequestDigest get(Caller caller, String path) {
        return new RequestDigest(caller, false, "get", new Gvr("", "", ""), "", "", path, "");
    }

    private String schema(RequestDigest request) {
        return flows.classify(request).match().schema().name();
    }

    private String level(RequestDigest request) {
        return flows.classify(request).match().level().spec().name();
    }

    @Test
    void theSchemasOfUpstreamAreInForceBeforeAnyIsStored() {
        Caller admin = Caller.of("admin", List.of("system:masters", "system:authenticated"));
        Caller node = Caller.of("system:node:n", List.of("system:nodes", "system:authenticated"));
        Caller manager = Caller.of("system:kube-controller-manager", List.of("system:authenticated"));
        Caller account = Caller.of("system:serviceaccount:kube-system:x",
                List.of("system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"));
        Caller other = Caller.of("system:serviceaccount:kube-system-not:x",
                List.of("system:serviceaccounts", "system:authenticated"));
        assertThat(schema(of(admin, "create", PODS, "", "a"))).isEqualTo("exempt");
        assertThat(schema(of(node, "update", LEASES, "", "kube-node-lease"))).isEqualTo("system-node-high");
        assertThat(schema(of(node, "patch", NODES, "status", "n"))).isEqualTo("system-node-high");
        assertThat(schema(of(node, "get", NODES, "proxy", ""))).isEqualTo("system-nodes");
        assertThat(schema(of(node, "list", PODS, "", ""))).isEqualTo("system-nodes");
        assertThat(schema(of(manager, "update", LEASES, "", "kube-system"))).isEqualTo("system-leader-election");
        assertThat(schema(of(manager, "list", LEASES, "", ""))).isEqualTo("kube-controller-manager");
        assertThat(schema(of(account, "get", LEASES, "", "a"))).isEqualTo("system-leader-election");
        assertThat(schema(of(account, "get", PODS, "", "a"))).isEqualTo("kube-system-service-accounts");
        assertThat(schema(of(other, "get", PODS, "", "a"))).isEqualTo("service-accounts");
        assertThat(schema(of(JANE, "get", PODS, "", "a"))).isEqualTo("global-default");
        assertThat(schema(of(Caller.of("x", List.of()), "get", PODS, "", "a"))).isEqualTo("catch-all");
    }

    /// As upstream's rule, which matches what is below a path as well.
    @Test
    void healthChecksOfAnybodyWaitForNobody() {
        assertThat(schema(get(Caller.ANONYMOUS, "/livez"))).isEqualTo("probes");
        assertThat(schema(get(Caller.ANONYMOUS, "/livez/etcd"))).isEqualTo("probes");
        assertThat(schema(get(Caller.ANONYMOUS, "/livezx"))).isEqualTo("global-default");
        assertThat(level(get(Caller.ANONYMOUS, "/readyz"))).isEqualTo("exempt");
        assertThat(schema(get(Caller.ANONYMOUS, "/version"))).isEqualTo("global-default");
    }

    @Test
    void answersNameTheObjectsThatAreStored() {
        RequestFlow before = flows.classify(of(JANE, "get", PODS, "", "a"));
        assertThat(before.schema()).hasSize(36);
        storeAll();
        RequestFlow after = flows.classify(of(JANE, "get", PODS, "", "a"));
        assertThat(after.schema()).isEqualTo("uid-of-schema-global-default");
        assertThat(after.level()).isEqualTo("uid-of-level-global-default");
    }

    @Test
    void aSchemaOfLowerPrecedenceTakesWhatItsRulesSay() {
        storeAll();
        store(object("PriorityLevelConfiguration", "mine", "{'type':'Limited','limited':{'nominalConcurrencyShares':5,"
                + "'limitResponse':{'type':'Reject'}}}"), "l");
        store(object("FlowSchema", "mine", "{'matchingPrecedence':50,'priorityLevelConfiguration':{'name':'mine'},"
                + "'rules':[{'subjects':[{'kind':'Group','group':{'name':'people'}}],'resourceRules':[{'verbs':['list',"
                + "'get'],'apiGroups':[''],'resources':['pods','pods/log'],'namespaces':['a','b']}],"
                + "'nonResourceRules':[{'verbs':['*'],'nonResourceURLs':['/logs/*']}]}]}"), "s");
        assertThat(schema(of(JANE, "list", PODS, "", "a"))).isEqualTo("mine");
        assertThat(schema(of(JANE, "get", PODS, "log", "b"))).isEqualTo("mine");
        assertThat(schema(of(JANE, "get", PODS, "exec", "b"))).isEqualTo("global-default");
        assertThat(schema(of(JANE, "create", PODS, "", "a"))).isEqualTo("global-default");
        assertThat(schema(of(JANE, "list", PODS, "", "c"))).isEqualTo("global-default");
        assertThat(schema(of(JANE, "list", PODS, "", ""))).as("all namespaces need clusterScope")
                .isEqualTo("global-default");
        assertThat(schema(of(JANE, "list", LEASES, "", "a"))).isEqualTo("global-default");
        assertThat(schema(get(JANE, "/logs/x"))).isEqualTo("mine");
        assertThat(schema(get(JANE, "/logsx"))).isEqualTo("global-default");
        objects.remove(FlowController.SCHEMAS + "mine");
        assertThat(flows.look()).isTrue();
        assertThat(schema(of(JANE, "list", PODS, "", "a"))).isEqualTo("global-default");
        assertThat(flows.look()).isFalse();
    }

    private void schema(String name, int precedence, String subject) {
        store(object("FlowSchema", name,
                "{'matchingPrecedence':" + precedence + ",'priorityLevelConfiguration':{'name':"
                        + "'system'},'rules':[{'subjects':[" + subject
                        + "],'resourceRules':[{'verbs':['*'],'apiGroups':['*'],"
                        + "'resources':['*'],'clusterScope':true,'namespaces':['*']}]}]}"),
                "uid");
    }

    @Test
    void theLowestPrecedenceIsTriedFirstAndOfEqualOnesTheFirstName() {
        storeAll();
        schema("c", 60, "{'kind':'User','user':{'name':'jane'}}");
        assertThat(schema(of(JANE, "get", PODS, "", "a"))).isEqualTo("c");
        schema("b", 60, "{'kind':'Group','group':{'name':'people'}}");
        assertThat(schema(of(JANE, "get", PODS, "", "a"))).isEqualTo("b");
        schema("d", 59, "{'kind':'Group','group':{'name':'*'}}");
        assertThat(schema(of(JANE, "get", PODS, "", "a"))).isEqualTo("d");
        schema("a", 61, "{'kind':'User','user':{'name':'*'}}");
        assertThat(schema(of(JANE, "get", PODS, "", "a"))).isEqualTo("d");
    }

    /// Among them accounts whose namespaces begin alike.
    @Test
    void ofManySchemasThoseAboutOthersAreNoneOfARequests() {
        storeAll();
        for (int i = 0; i < 150; i++) {
            schema("u" + i, 50, "{'kind':'User','user':{'name':'user-" + i + "'}}");
            schema("s" + i, 50, "{'kind':'ServiceAccount','serviceAccount':{'namespace':'ns-" + i + "','name':'*'}}");
        }
        schema("one", 49, "{'kind':'ServiceAccount','serviceAccount':{'namespace':'ns-14','name':'one'}}");
        schema("late", 51, "{'kind':'Group','group':{'name':'people'}}");
        for (int i = 0; i < 150; i++) {
            assertThat(schema(of(Caller.of("user-" + i, List.of("people")), "get", PODS, "", "a"))).isEqualTo("u" + i);
            assertThat(schema(of(Caller.of("system:serviceaccount:ns-" + i + ":x", List.of("people")), "get", PODS, "",
                    "a"))).isEqualTo("s" + i);
        }
        assertThat(schema(of(Caller.of("system:serviceaccount:ns-14:one", List.of()), "get", PODS, "", "a")))
                .isEqualTo("one");
        for (String other : List.of("system:serviceaccount:ns-150:x", "system:serviceaccount:ns-:x",
                "system:serviceaccount:ns-1", "system:serviceaccount:a:x", "zzz", "")) {
            assertThat(schema(of(Caller.of(other, List.of("people")), "get", PODS, "", "a"))).isEqualTo("late");
        }
    }

    @Test
    void aSchemaWithoutItsLevelIsNotTriedAndMandatoryOnesAlwaysAre() {
        storeAll();
        objects.remove(FlowController.LEVELS + "global-default");
        flows.look();
        assertThat(schema(of(JANE, "get", PODS, "", "a"))).isEqualTo("catch-all");
        assertThat(flows.stored("global-default")).isFalse();
        assertThat(flows.stored("system")).isTrue();
        objects.clear();
        store(object("FlowSchema", "catch-all", "{'priorityLevelConfiguration':{'name':'none'}}"), "s");
        assertThat(schema(of(JANE, "get", PODS, "", "a"))).isEqualTo("catch-all");
        assertThat(level(of(JANE, "get", PODS, "", "a"))).isEqualTo("catch-all");
        assertThat(schema(of(Caller.of("admin", List.of("system:masters")), "get", PODS, "", "a")))
                .isEqualTo("exempt");
    }

    @Test
    void whatCannotBeReadOrContradictsItselfIsAbsent() {
        storeAll();
        String key = FlowController.SCHEMAS + "damaged";
        objects.put(key, new Item(key, "{\"apiVersion\":\"v1\",\"kind\":\"X\",\"metadata\":{\"uid\":{\""
                .getBytes(StandardCharsets.UTF_8), 1, 1));
        for (String queuing : List.of("'queues':1000000000,'handSize':6", "'queues':4,'handSize':5",
                "'queues':100000,'handSize':8", "'queues':-1")) {
            store(object("PriorityLevelConfiguration", "global-default", "{'type':'Limited','limited':{'limitResponse':"
                    + "{'type':'Queue','queuing':{" + queuing + "}}}}"), "l");
            assertThat(level(of(JANE, "get", PODS, "", "a"))).as(queuing).isEqualTo("catch-all");
        }
        store(object("PriorityLevelConfiguration", "mine", "{'type':'Exempt'}"), "l");
        assertThat(flows.stored("mine")).as("only one is exempt").isFalse();
    }

    private PriorityLevel.Limits limits(String level) {
        store(object("FlowSchema", "asked", "{'matchingPrecedence':1,'priorityLevelConfiguration':{'name':'" + level
                + "'},'rules':[{'subjects':[{'kind':'User','user':{'name':'asked'}}],'resourceRules':[{'verbs':['*'],"
                + "'apiGroups':['*'],'resources':['*'],'namespaces':['*']}]}]}"), "s");
        return flows.classify(of(Caller.of("asked", List.of()), "get", PODS, "", "a")).match().level().limits();
    }

    /// The figures of kube-apiserver 1.36 with 600 seats.
    @Test
    void seatsAreSharedAsUpstreamDoes() {
        storeAll();
        assertThat(limits("system")).extracting(PriorityLevel.Limits::nominal, PriorityLevel.Limits::lower)
                .containsExactly(74, 50);
        assertThat(limits("workload-low")).extracting(PriorityLevel.Limits::nominal, PriorityLevel.Limits::lower)
                .containsExactly(245, 24);
        assertThat(limits("catch-all").nominal()).isEqualTo(13);
        assertThat(limits("exempt").nominal()).isZero();
        assertThat(limits("global-default").upper()).isEqualTo(649);
    }

    @Test
    void idleSeatsAreLentToWhoCouldUseThemAndComeBack() {
        storeAll();
        RequestFlow jane = flows.classify(of(JANE, "get", PODS, "", "a"));
        int alone = flows.limit(jane);
        QueueSet seats = jane.match().level().seats();
        Turn busy = jane.turn(300, false, false);
        assertThat(seats.acquire(busy, 0)).as("a wide request takes all there are").isNull();
        clock.addAndGet(10 * SECOND);
        flows.rebalance();
        assertThat(flows.limit(jane)).isGreaterThan(Math.max(300, 4 * alone));
        assertThat(limits("workload-low").current()).isBetween(24, 40);
        assertThat(limits("leader-election").current()).as("nothing of it is lent").isGreaterThanOrEqualTo(25);
        seats.release(busy);
        RequestFlow account = flows
                .classify(of(Caller.of("a", List.of("system:serviceaccounts")), "get", PODS, "", "a"));
        assertThat(account.match().level().seats().acquire(account.turn(245, false, false), 0)).isNull();
        clock.addAndGet(10 * SECOND);
        flows.rebalance();
        assertThat(flows.limit(account)).as("its own are its own").isGreaterThanOrEqualTo(245);
    }

    @Test
    void administratorsAreNeverRefused() {
        RequestFlow admin = flows.classify(of(Caller.of("admin", List.of("system:masters")), "get", PODS, "", "a"));
        for (int i = 0; i < 5_000; i++) {
            assertThat(admin.match().level().seats().acquire(admin.turn(1, true, false), 0)).isNull();
        }
        assertThat(flows.taken()).containsExactly(0, 5_000);
    }

    @Test
    void aListTakesSeatsByWhatItTells() {
        String large = "x".repeat(10_000);
        for (int i = 100; i < 200; i++) {
            String key = "/registry/configmaps/a/m" + i;
            objects.put(key, new Item(key, Json.stored(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                    Struct.of("name", "m" + i), "data", Struct.of("k", large))), 1, 1));
        }
        RequestFlow jane = flows.classify(of(JANE, "list", PODS, "", "a"));
        assertThat(flows.width(jane, "/registry/configmaps/", 0)).as("of 49 seats, a sixth at most").isEqualTo(8);
        assertThat(flows.width(jane, "/registry/configmaps/a/", 25)).isEqualTo(3);
        assertThat(flows.width(jane, "/registry/configmaps/b/", 0)).isOne();
    }

    @Test
    void metricsHaveUpstreamsNamesAndNoNamesOfClients() {
        RequestFlow jane = flows.classify(of(JANE, "list", PODS, "", "a"));
        jane.match().level().seats().acquire(jane.turn(2, false, false), 0);
        MetricText text = new MetricText();
        flows.to(text);
        String flow = "{flow_schema=\"global-default\",priority_level=\"global-default\"} ";
        assertThat(text.toString()).contains("apiserver_flowcontrol_dispatched_requests_total" + flow + "1\n",
                "apiserver_flowcontrol_current_executing_requests" + flow + "1\n",
                "apiserver_flowcontrol_current_executing_seats" + flow + "2\n",
                "apiserver_flowcontrol_current_inqueue_requests" + flow + "0\n",
                "apiserver_flowcontrol_nominal_limit_seats{priority_level=\"global-default\"} 49\n",
                "apiserver_flowcontrol_current_limit_seats{priority_level=\"catch-all\"} ");
        assertThat(text.toString()).doesNotContain("jane");
    }

    @Test
    void metricsTellHowMuchOfEachLevelIsUsed() {
        RequestFlow jane = flows.classify(of(JANE, "list", PODS, "", "a"));
        jane.match().level().seats().acquire(jane.turn(2, false, false), 0);
        clock.addAndGet(SECOND);
        MetricText text = new MetricText();
        flows.to(text);
        String level = "priority_level=\"global-default\"";
        String prefix = "apiserver_flowcontrol_";
        String executing = "{phase=\"executing\"," + level + ",le=";
        assertThat(text.toString()).contains(
                prefix + "priority_level_seat_utilization_bucket" + executing + "\"0\"} 0\n",
                prefix + "priority_level_seat_utilization_bucket" + executing + "\"0.1\"} 1000000000\n",
                prefix + "priority_level_request_utilization_bucket" + executing + "\"0\"} 0\n",
                prefix + "priority_level_request_utilization_bucket" + executing + "\"0.1\"} 1000000000\n",
                prefix + "priority_level_request_utilization_bucket{phase=\"waiting\"," + level
                        + ",le=\"0\"} 1000000000\n",
                prefix + "demand_seats_bucket{" + level + ",le=\"0.2\"} 1000000000\n",
                prefix + "request_queue_length_after_enqueue_count{flow_schema=\"global-default\"," + level + "} 1\n",
                prefix + "demand_seats_count{priority_level=\"exempt\"} 1000000000\n");
    }

    private String dump(String table, boolean details) {
        return String.valueOf(flows.dump(table, details, Instant.parse("2026-01-01T00:00:10Z")));
    }

    /// Columns and form are upstream's.
    @Test
    void operatorsSeeWhatWaitsAndWhatHasSeats() {
        RequestFlow jane = flows.classify(of(JANE, "list", PODS, "", "a"));
        QueueSet seats = jane.match().level().seats();
        int all = flows.limit(jane);
        clock.set(5 * SECOND);
        Turn busy = jane.turn(all, false, false);
        assertThat(seats.acquire(busy, 0)).isNull();
        assertThat(seats.acquire(jane.turn(2, false, false), 1_000)).isEqualTo(RejectReason.TIME_OUT);
        clock.set(10 * SECOND);
        assertThat(dump("dump_priority_levels", false).lines().toList()).contains(
                "PriorityLevelName, ActiveQueues, IsIdle, IsQuiescing, WaitingRequests, ExecutingRequests, "
                        + "DispatchedRequests, RejectedRequests, TimedoutRequests, CancelledRequests",
                "system,            0,            true,   false,       0,               0,                 "
                        + "0,                  0,                0,                0",
                "global-default,    0,            false,  false,       0,               1,                 "
                        + "1,                  0,                0,                0")
                .hasSize(9);
        assertThat(dump("dump_queues", false).lines().toList()).hasSize(2).last().asString().matches(
                "global-default, +\\d+, +0, +1, +" + all + ", +0\\.\\d{8}ss, +0, +0, +0\\.00000000ss");
        assertThat(dump("dump_requests", false).lines().toList()).hasSize(2).last().asString().matches(
                "global-default, +global-default, +\\d+, +-1, +jane, +2026-01-01T00:00:05Z, +" + all
                        + ", +0, +0s, +2026-01-01T00:00:05Z");
        assertThat(dump("dump_requests", true).lines().toList()).hasSize(2).last().asString().matches(
                ".*, +jane, +list, +/a/resource, +a, +n, +v1, +pods, +");
        assertThat(flows.dump("dump_secrets", true, Instant.EPOCH)).isNull();
        seats.release(busy);
        assertThat(dump("dump_requests", true).lines()).hasSize(1);
        assertThat(dump("dump_queues", true).lines()).hasSize(1);
    }
}

package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import io.k3j.schedulingqueue.QueuedPod;
import io.k3j.schedulingqueue.SchedulingQueue;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchedulingTest {
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final LiveViews views = new LiveViews(clock);
    private final EventHandlers watching = new EventHandlers(views, clock, SchedulerConfiguration.DEFAULT);
    private final Events events = new Events(api, "default-scheduler", "", clock);
    private final SchedulerLoop loop = new SchedulerLoop(watching, new PodBinder(api, events, clock),
            () -> views.synced() && watching.initialized(), Runnable::run, new Random(1));

    SchedulingTest() {
        views.attach(api);
    }

    private void settle() {
        boolean some = true;
        while (some) {
            some = api.deliver() | loop.step() | events.step();
        }
    }

    private Obj node(String name, String cpu, String... labels) {
        Struct.Builder map = Struct.builder().put("kubernetes.io/hostname", name);
        for (int i = 0; i < labels.length; i += 2) {
            map.put(labels[i], labels[i + 1]);
        }
        return api.seed(BuiltinResources.NODES, described(name, cpu, map.build()));
    }

    private static Obj described(String name, String cpu, Struct labels) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name, "labels", labels), "spec", Struct.EMPTY, "status",
                Struct.of("allocatable", Struct.of("cpu", cpu, "memory", "8Gi", "pods", "110"))));
    }

    private Obj pod(String name, Struct spec) {
        Struct full = spec.has("schedulerName") ? spec : spec.with("schedulerName", "default-scheduler");
        return api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "labels", Struct.of("app", name.substring(0, 1))),
                "spec",
                full)), WriteOptions.PLAIN);
    }

    private static Struct cpu(String amount) {
        return Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i", "resources",
                Struct.of("requests", Struct.of("cpu", amount)))));
    }

    private Obj get(String name) {
        return api.get(BuiltinResources.PODS, new Key("default", name));
    }

    private String node(String name) {
        return get(name).spec().text("nodeName");
    }

    private String why(String name) {
        return Conditions.find(get(name).status().seq("conditions"), "PodScheduled").map(c -> c.text("message"))
                .orElse("");
    }

    private List<String> nodeSelected() {
        return api.list(BuiltinResources.EVENTS, Query.ALL).items().stream()
                .map(e -> e.tree().text("reason") + ": " + e.tree().text("message")).toList();
    }

    @Test
    void bindsAPodAndRecordsAnEvent() {
        node("n1", "2");
        pod("p", cpu("1"));
        settle();
        assertThat(node("p")).isEqualTo("n1");
        assertThat(nodeSelected()).containsExactly("Scheduled: Successfully assigned default/p to n1");
    }

    @Test
    void reportsUnschedulablePodsInUpstreamsWords() {
        node("n1", "1");
        api.seed(BuiltinResources.NODES, node("n2", "1").with(true, "spec", "unschedulable"));
        api.seed(BuiltinResources.NODES,
                node("n3", "4").with(Seq.of(Struct.of("key", "k", "value", "v", "effect", "NoSchedule")),
                        "spec", "taints"));
        pod("p", cpu("2"));
        settle();
        assertThat(why("p"))
                .isEqualTo("0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s),"
                        + " 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/3 nodes are available:"
                        + " 3 Preemption is not helpful for scheduling.");
        assertThat(nodeSelected()).containsExactly("FailedScheduling: " + why("p"));
        assertThat(Conditions.find(get("p").status().seq("conditions"), "PodScheduled").orElseThrow().text("reason"))
                .isEqualTo("Unschedulable");
    }

    @Test
    void retriesWhenAnEventHappenedDuringTheAttempt() {
        SchedulingQueue queue = SchedulerBed.queue(clock);
        queue.add(new PodInfo(pod("p", cpu("1"))));
        QueuedPod entry = queue.take().orElseThrow();
        queue.changed("NodeAdd", Set.of(VolumeFilter.NAME));
        queue.park(entry, Set.of(VolumeFilter.NAME));
        assertThat(queue.take()).contains(entry);
        queue.park(entry, Set.of(VolumeFilter.NAME));
        assertThat(queue.take()).isEmpty();
    }

    private static Struct extended(long priority) {
        Struct amount = Struct.of("example.com/widget", "1");
        return Struct.of("priority", priority, "containers", Seq.of(Struct.of("name", "c", "image", "i", "resources",
                Struct.of("requests", amount, "limits", amount))));
    }

    @Test
    void preemptsForAnExtendedResourceAddedLater() {
        Obj node = node("n1", "4");
        settle();
        api.seed(BuiltinResources.NODES, node.with("1", "status", "allocatable", "example.com/widget"));
        pod("low", extended(1));
        settle();
        assertThat(node("low")).isEqualTo("n1");
        pod("high", extended(1_000));
        settle();
        assertThat(get("low").terminating()).isTrue();
        assertThat(get("high").status().text("nominatedNodeName")).isEqualTo("n1");
    }

    @Test
    void retriesWhenResourcesBecomeFree() {
        node("n1", "1");
        pod("a", cpu("1"));
        settle();
        pod("b", cpu("1"));
        settle();
        assertThat(node("b")).isEmpty();
        api.delete(BuiltinResources.PODS, new Key("default", "a"), DeleteOptions.NOW);
        settle();
        clock.advance(Duration.ofSeconds(1));
        settle();
        assertThat(node("b")).isEqualTo("n1");
    }

    @Test
    void ignoresGatedPodsAndPodsOfOtherSchedulers() {
        node("n1", "1");
        pod("g", cpu("1").with("schedulingGates", Seq.of(Struct.of("name", "wait"))));
        pod("o", cpu("1").with("schedulerName", "other"));
        settle();
        assertThat(node("g")).isEmpty();
        assertThat(node("o")).isEmpty();
        api.update(BuiltinResources.PODS, get("g").without("spec", "schedulingGates"), WriteOptions.PLAIN);
        settle();
        assertThat(node("g")).isEqualTo("n1");
    }

    @Test
    void waitsForAnInitializedNode() {
        Obj node = api.seed(BuiltinResources.NODES, described("n1", "1", Struct.EMPTY).with(Seq.of(Struct.of("key",
                "node.cloudprovider.kubernetes.io/uninitialized", "value", "true", "effect", "NoSchedule")), "spec",
                "taints"));
        pod("p", cpu("1"));
        settle();
        assertThat(nodeSelected()).isEmpty();
        api.seed(BuiltinResources.NODES, node.without("spec", "taints"));
        settle();
        assertThat(node("p")).isEqualTo("n1");
    }

    @Test
    void spreadsEqualPodsAndHonoursSelectors() {
        node("n1", "4", "disk", "ssd");
        node("n2", "4");
        for (int i = 0; i < 4; i++) {
            pod("a" + i, cpu("100m"));
        }
        pod("s", cpu("100m").with("nodeSelector", Struct.of("disk", "ssd")));
        settle();
        assertThat(List.of(node("a0"), node("a1"), node("a2"), node("a3"))).containsExactlyInAnyOrder("n1", "n1", "n2",
                "n2");
        assertThat(node("s")).isEqualTo("n1");
    }

    @Test
    void enforcesHardTopologySpreadAndAntiAffinity() {
        node("n1", "4");
        node("n2", "4");
        Struct anti = Struct.of("podAntiAffinity", Struct.of("requiredDuringSchedulingIgnoredDuringExecution",
                Seq.of(Struct.of("topologyKey", "kubernetes.io/hostname", "labelSelector",
                        Struct.of("matchLabels", Struct.of("app", "x"))))));
        pod("x1", cpu("1m").with("affinity", anti));
        pod("x2", cpu("1m").with("affinity", anti));
        pod("x3", cpu("1m").with("affinity", anti));
        settle();
        assertThat(List.of(node("x1"), node("x2"), node("x3"))).containsExactlyInAnyOrder("n1", "n2", "");
        Obj left = List.of(get("x1"), get("x2"), get("x3")).stream().filter(p -> p.spec().text("nodeName").isEmpty())
                .findFirst().orElseThrow();
        assertThat(why(left.name()))
                .startsWith("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.");
        Struct spread = Struct.of("maxSkew", 1, "topologyKey", "kubernetes.io/hostname", "whenUnsatisfiable",
                "DoNotSchedule",
                "labelSelector", Struct.of("matchLabels", Struct.of("app", "t")));
        pod("t1", cpu("1m").with("topologySpreadConstraints", Seq.of(spread)));
        pod("t2", cpu("1m").with("topologySpreadConstraints", Seq.of(spread)));
        settle();
        assertThat(node("t1")).isNotEmpty().isNotEqualTo(node("t2"));
    }

    @Test
    void preemptsForAHigherPriority() {
        node("n1", "1");
        pod("low", cpu("1"));
        settle();
        long generation = get("low").generation();
        pod("high", cpu("1").with("priority", 1000));
        settle();
        assertThat(get("low").terminating()).isTrue();
        Struct target = Conditions.find(get("low").status().seq("conditions"), "DisruptionTarget").orElseThrow();
        assertThat(target.text("reason")).isEqualTo("PreemptionByScheduler");
        assertThat(target.whole("observedGeneration", 0)).isEqualTo(generation);
        assertThat(get("high").status().text("nominatedNodeName")).isEqualTo("n1");
        api.vanish(BuiltinResources.PODS, new Key("default", "low"));
        settle();
        clock.advance(Duration.ofSeconds(2));
        settle();
        assertThat(node("high")).isEqualTo("n1");
    }

    @Test
    void releasesResourcesWhenABindingFails() {
        node("n1", "1");
        api.refuse("post", BuiltinResources.PODS, ApiFault.unavailable("away"));
        pod("a", cpu("1"));
        settle();
        assertThat(nodeSelected()).contains("FailedScheduling: binding rejected: away");
        clock.advance(Duration.ofSeconds(1));
        settle();
        assertThat(node("a")).isEqualTo("n1");
    }
}

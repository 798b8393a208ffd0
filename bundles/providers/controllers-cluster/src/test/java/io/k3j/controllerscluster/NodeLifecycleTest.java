package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeLifecycleTest {
    private Stage stage = stage();

    private static Stage stage(String... arguments) {
        return new Stage(d -> {
            NodeLifecycle.add(d, NodeMonitoring.of(arguments));
            TaintEviction.add(d);
            PodGarbageCollector.add(d, PodGarbageCollector.MAX_FINISHED);
        });
    }

    private void node(String ready) {
        node("node-1", ready);
        node("node-2", "True");
    }

    private void node(String name, String ready) {
        Struct condition = Struct.of("type", "Ready", "status", ready, "lastHeartbeatTime",
                Times.seconds(stage.clock.instant()));
        Seq taints = Seq.of(Struct.of("key", NodeTaints.NOT_READY, "effect", "NoSchedule"));
        stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name), "spec", Struct.of("taints", taints), "status",
                Struct.of("conditions", Seq.of(condition)))));
    }

    private void pod(Seq tolerations) {
        pod("p", tolerations);
        stage.runPods();
    }

    private void pod(String name, Seq tolerations) {
        stage.api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default"), "spec", Struct.of("tolerations", tolerations))),
                WriteOptions.PLAIN);
    }

    /// The pods whose status was written, in that order.
    private List<String> marked() {
        return stage.api.calls().stream().filter(c -> c.contains(" patch pods "))
                .map(c -> c.substring(c.lastIndexOf(' ') + 1)).toList();
    }

    private void beat() {
        beat("node-1");
        beat("node-2");
    }

    /// Advances the clock while only the second node sends heartbeats.
    private void silence(int seconds) {
        for (int i = 0; i < seconds / 5; i++) {
            stage.pass(Duration.ofSeconds(5));
            beat("node-2");
        }
        stage.settle();
    }

    private void beat(String name) {
        stage.api.seed(BuiltinResources.LEASES,
                Obj.of(Struct.of("apiVersion", "coordination.k8s.io/v1", "kind", "Lease",
                        "metadata", Struct.of("name", name, "namespace", "kube-node-lease"), "spec",
                        Struct.of("renewTime", Times.micros(stage.clock.instant())))));
    }

    private List<String> taints() {
        return stage.one(BuiltinResources.NODES, "node-1").spec().seq("taints").structs().stream()
                .map(t -> t.text("key") + ":" + t.text("effect")).toList();
    }

    @Test
    void removesTheTaintOfANodeThatBecomesReady() {
        node("True");
        stage.settle();
        assertThat(taints()).isEmpty();
    }

    @Test
    void taintsByConditionsAndCordon() {
        node("True");
        Obj node = stage.one(BuiltinResources.NODES, "node-1");
        stage.api.seed(BuiltinResources.NODES,
                node.with(true, "spec", "unschedulable").with(node.status().seq("conditions")
                        .plus(Struct.of("type", "DiskPressure", "status", "True")), "status", "conditions"));
        stage.settle();
        assertThat(taints()).containsExactlyInAnyOrder("node.kubernetes.io/disk-pressure:NoSchedule",
                "node.kubernetes.io/unschedulable:NoSchedule");
    }

    @Test
    void tellsOfNodesThatComeAndGo() {
        node("True");
        stage.settle();
        String uid = stage.one(BuiltinResources.NODES, "node-1").uid();
        stage.api.vanish(BuiltinResources.NODES, Key.of("node-1"));
        stage.settle();
        assertThat(stage.events()).contains("RegisteredNode: Node node-1 event: Registered Node node-1 in Controller",
                "RemovingNode: Node node-1 event: Removing Node node-1 from Controller");
        assertThat(stage.all(BuiltinResources.EVENTS).stream().map(e -> e.tree().struct("involvedObject"))
                .filter(about -> about.text("name").equals("node-1"))).hasSize(2)
                .allMatch(about -> about.text("uid").equals(uid));
    }

    @Test
    void keepsANodeReadyWhileItsLeaseIsRenewed() {
        node("True");
        for (int i = 0; i < 12; i++) {
            beat();
            stage.pass(Duration.ofSeconds(10));
        }
        assertThat(taints()).isEmpty();
    }

    @Test
    void aWallClockJumpNeitherTaintsNorEvicts() {
        node("True");
        pod(Seq.EMPTY);
        for (Duration step : List.of(Duration.ofHours(1), Duration.ofHours(-2), Duration.ofHours(1))) {
            stage.clock.step(step);
            for (int i = 0; i < 6; i++) {
                stage.pass(Duration.ofSeconds(10));
                beat();
            }
        }
        assertThat(taints()).isEmpty();
        assertThat(stage.pods()).noneMatch(Obj::terminating);
    }

    @Test
    void detectsASilentNodeAfterTheWallClockWasSetBack() {
        node("True");
        stage.settle();
        stage.clock.step(Duration.ofHours(-1));
        silence(60);
        assertThat(taints()).contains("node.kubernetes.io/unreachable:NoExecute");
    }

    @Test
    void detectsASilentNodeAndEvictsItsPods() {
        node("True");
        pod(Seq.of(Struct.of("key", NodeTaints.UNREACHABLE, "operator", "Exists", "effect", "NoExecute",
                "tolerationSeconds", 300)));
        silence(60);
        Obj node = stage.one(BuiltinResources.NODES, "node-1");
        assertThat(Conditions.status(node.status().seq("conditions"), "Ready")).isEqualTo("Unknown");
        assertThat(taints()).containsExactlyInAnyOrder("node.kubernetes.io/unreachable:NoSchedule",
                "node.kubernetes.io/unreachable:NoExecute");
        Obj pod = stage.pods().getFirst();
        assertThat(Conditions.status(pod.status().seq("conditions"), "Ready")).isEqualTo("False");
        assertThat(pod.status().seq("conditions").find("type", "Ready").has("reason")).as("nor any other word")
                .isFalse();
        assertThat(pod.terminating()).isFalse();
        silence(305);
        assertThat(stage.pods().getFirst().terminating()).isTrue();
    }

    @Test
    void podsOfANodeWhoseKubeletSaysThatItIsNotReadyStayReady() {
        node("False");
        pod(Seq.of(Struct.of("operator", "Exists")));
        for (int i = 0; i < 4; i++) {
            beat();
            stage.pass(Duration.ofSeconds(10));
        }
        assertThat(stage.pods()).hasSize(1).allMatch(Pods::ready);
        assertThat(marked()).isEmpty();
    }

    @Test
    void podsOfASilentNodeAreMarkedOnce() {
        node("True");
        pod("p", Seq.of(Struct.of("operator", "Exists")));
        pod("q", Seq.of(Struct.of("operator", "Exists")));
        stage.runPods();
        silence(60);
        assertThat(marked()).containsExactlyInAnyOrder("default/p/status", "default/q/status");
        stage.run(new Key("default", "p"));
        silence(30);
        assertThat(Pods.ready(stage.one(BuiltinResources.PODS, "p"))).as("as its kubelet says").isTrue();
        assertThat(marked()).hasSize(2);
    }

    @Test
    void aPodThatCannotBeMarkedKeepsNoOther() {
        node("True");
        pod("p", Seq.of(Struct.of("operator", "Exists")));
        pod("q", Seq.of(Struct.of("operator", "Exists")));
        stage.runPods();
        stage.api.refuse("patch", BuiltinResources.PODS, ApiFault.internal("not now"));
        silence(60);
        assertThat(stage.pods()).hasSize(2).noneMatch(Pods::ready);
        assertThat(marked()).as("one of them twice").hasSize(3).containsOnly("default/p/status", "default/q/status");
    }

    @Test
    void evictsPodsWithoutTolerationsImmediately() {
        node("False");
        pod(Seq.EMPTY);
        assertThat(stage.pods()).allMatch(Obj::terminating);
    }

    @Test
    void theFirstTolerationOfATaintCounts() {
        node("False");
        Struct ever = Struct.of("key", NodeTaints.NOT_READY, "operator", "Exists", "effect", "NoExecute");
        pod(Seq.of(ever, ever.with("tolerationSeconds", 10)));
        for (int i = 0; i < 4; i++) {
            beat();
            stage.pass(Duration.ofSeconds(10));
        }
        assertThat(stage.pods()).hasSize(1).noneMatch(Obj::terminating);
    }

    @Test
    void doesNotEvictWhileAllNodesAreDown() {
        node("True");
        pod(Seq.EMPTY);
        for (int i = 0; i < 60; i++) {
            stage.pass(Duration.ofSeconds(10));
        }
        assertThat(taints()).containsExactly("node.kubernetes.io/unreachable:NoSchedule");
        assertThat(stage.pods()).noneMatch(Obj::terminating);
    }

    @Test
    void removesEvictionTaintsWhenTheLastNodeGoesDown() {
        node("True");
        silence(60);
        assertThat(taints()).contains("node.kubernetes.io/unreachable:NoExecute");
        for (int i = 0; i < 12; i++) {
            stage.pass(Duration.ofSeconds(5));
        }
        assertThat(taints()).containsExactly("node.kubernetes.io/unreachable:NoSchedule");
    }

    @Test
    void evictsOneNodePerTenSeconds() {
        for (int i = 1; i <= 10; i++) {
            node("node-" + i, i <= 3 ? "False" : "True");
        }
        stage.settle();
        assertThat(evicted()).isEqualTo(1);
        stage.pass(Duration.ofSeconds(9));
        assertThat(evicted()).isEqualTo(1);
        stage.pass(Duration.ofSeconds(1));
        assertThat(evicted()).isEqualTo(2);
        stage.pass(Duration.ofSeconds(10));
        assertThat(evicted()).isEqualTo(3);
    }

    @Test
    void aSmallUnhealthyZoneIsNotEvicted() {
        for (int i = 1; i <= 10; i++) {
            node("node-" + i, i <= 6 ? "False" : "True");
        }
        stage.settle();
        long begun = evicted();
        stage.pass(Duration.ofSeconds(40));
        assertThat(evicted()).isEqualTo(begun).isLessThanOrEqualTo(1);
    }

    @Test
    void aNodeIsGivenUpAsSoonAsArgumentsSay() {
        stage = stage("node-monitor-period=2s", "node-monitor-grace-period=16s");
        node("True");
        silence(15);
        assertThat(taints()).isEmpty();
        silence(10);
        assertThat(taints()).contains("node.kubernetes.io/unreachable:NoExecute");
    }

    @Test
    void nodesAreEvictedAsFastAsArgumentsSay() {
        stage = stage("node-eviction-rate=0.5", "unhealthy-zone-threshold=0.2", "large-cluster-size-threshold=9",
                "secondary-node-eviction-rate=0.25");
        for (int i = 1; i <= 10; i++) {
            node("node-" + i, i <= 4 ? "False" : "True");
        }
        stage.settle();
        long begun = evicted();
        stage.pass(Duration.ofSeconds(4));
        assertThat(evicted()).isEqualTo(begun + 1);
        stage.pass(Duration.ofSeconds(3));
        assertThat(evicted()).isEqualTo(begun + 1);
    }

    private long evicted() {
        return stage.all(BuiltinResources.NODES).stream().filter(n -> n.spec().seq("taints").structs().stream()
                .anyMatch(t -> t.text("effect").equals("NoExecute"))).count();
    }

    @Test
    void aRestartedServerStartsNewGracePeriods() {
        node("Unknown");
        Obj node = stage.one(BuiltinResources.NODES, "node-1");
        stage.api
                .seed(BuiltinResources.NODES,
                        node.with(Seq.of(Struct.of("key", NodeTaints.UNREACHABLE, "effect", "NoExecute",
                                "timeAdded", Times.seconds(stage.clock.instant().minusSeconds(3600)))), "spec",
                                "taints"));
        pod(Seq.of(Struct.of("operator", "Exists", "tolerationSeconds", 300)));
        silence(290);
        assertThat(stage.pods().getFirst().terminating()).isFalse();
        silence(20);
        assertThat(stage.pods().getFirst().terminating()).isTrue();
    }

    @Test
    void deletesPodsOfARemovedNode() {
        node("True");
        pod(Seq.EMPTY);
        stage.api.vanish(BuiltinResources.NODES, Key.of("node-1"));
        for (int i = 0; i < 4; i++) {
            stage.pass(Duration.ofSeconds(20));
        }
        assertThat(stage.pods()).isEmpty();
    }
}

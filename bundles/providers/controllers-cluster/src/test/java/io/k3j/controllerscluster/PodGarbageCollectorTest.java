package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What `terminated-pod-gc-threshold` leaves of finished pods, and who is deleted from nodes that are down.
class PodGarbageCollectorTest {
    private static List<String> left(int threshold) {
        Stage stage = new Stage(d -> PodGarbageCollector.add(d, threshold));
        for (int i = 1; i <= 4; i++) {
            stage.api.seed(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                    Struct.of("name", "p" + i, "namespace", "default", "creationTimestamp",
                            "2026-01-01T00:00:0" + i + "Z"),
                    "status",
                    Struct.of("phase", i == 1 ? "Running" : i == 2 ? "Failed" : "Succeeded"))));
        }
        stage.settle();
        return stage.api.list(BuiltinResources.PODS, Query.ALL).items().stream().map(Obj::name).toList();
    }

    @Test
    void theOldestFinishedPodsGo() {
        assertThat(left(2)).containsExactlyInAnyOrder("p1", "p3", "p4");
        assertThat(left(3)).containsExactlyInAnyOrder("p1", "p2", "p3", "p4");
    }

    @Test
    void evictedPodsGoBeforeOlderOnes() {
        Stage stage = new Stage(d -> PodGarbageCollector.add(d, 1));
        for (String name : List.of("old", "evicted")) {
            stage.api.seed(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                    Struct.of("name", name, "namespace", "default", "creationTimestamp",
                            name.equals("old") ? "2025-01-01T00:00:00Z" : "2026-01-01T00:00:00Z"),
                    "status", Struct.of("phase", "Failed", "reason", name.equals("old") ? "" : "Evicted"))));
        }
        stage.settle();
        assertThat(stage.pods().stream().map(Obj::name)).containsExactly("old");
    }

    @Test
    void thatTheNodeOfAPodHasGoneIsToldOfThePodAsItIs() {
        Stage stage = new Stage(d -> PodGarbageCollector.add(d, 0));
        stage.api.seed(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default", "finalizers", Seq.of("a/b")), "spec",
                Struct.of("nodeName", "gone"), "status", Struct.of("phase", "Running"))));
        long generation = stage.one(BuiltinResources.PODS, "p").generation();
        stage.pass(Duration.ofSeconds(20)).pass(Duration.ofSeconds(20));
        Struct status = stage.one(BuiltinResources.PODS, "p").status();
        assertThat(status.text("phase")).isEqualTo("Failed");
        assertThat(status.whole("observedGeneration", 0)).isEqualTo(generation).isPositive();
        Struct target = status.seq("conditions").find("type", "DisruptionTarget");
        assertThat(target.text("reason")).isEqualTo("DeletionByPodGC");
        assertThat(target.whole("observedGeneration", 0)).isEqualTo(generation);
    }

    @Test
    void allStayWithoutAThreshold() {
        assertThat(left(0)).hasSize(4);
    }

    /// Its kubelet cannot say that the pod has ended, and its volumes would stay attached.
    @Test
    void aPodThatIsDeletedGoesFromANodeThatIsOutOfService() {
        Stage stage = new Stage(d -> PodGarbageCollector.add(d, 0));
        Struct taint = Struct.of("key", "node.kubernetes.io/out-of-service", "effect", "NoExecute");
        for (String node : List.of("silent", "down", "up")) {
            stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                    Struct.of("name", node), "spec",
                    Struct.of("taints", node.equals("silent") ? Seq.EMPTY : Seq.of(taint)), "status",
                    Struct.of("conditions", Seq.of(Struct.of("type", "Ready", "status",
                            node.equals("up") ? "True" : "Unknown"))))));
            stage.api.seed(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                    Struct.of("name", "of-" + node, "namespace", "default", "deletionTimestamp",
                            "2026-01-01T00:00:00Z", "deletionGracePeriodSeconds", 30),
                    "spec", Struct.of("nodeName", node), "status", Struct.of("phase", "Running"))));
        }
        stage.settle();
        assertThat(stage.pods().stream().map(Obj::name)).containsExactlyInAnyOrder("of-silent", "of-up");
    }

    private static void going(Stage stage, String name, String node) {
        stage.api.seed(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "deletionTimestamp", "2026-01-01T00:00:00Z",
                        "deletionGracePeriodSeconds", 30),
                "spec", node.isEmpty() ? Struct.EMPTY : Struct.of("nodeName", node), "status",
                Struct.of("phase", "Running"))));
    }

    /// A Job that replaces failed pods only waits for that.
    @Test
    void aPodThatWasDeletedBeforeItHadANodeHasFailed() {
        Stage stage = new Stage(d -> PodGarbageCollector.add(d, 0));
        going(stage, "p", "");
        stage.api.seed(BuiltinResources.PODS, stage.one(BuiltinResources.PODS, "p").with("Pending", "status", "phase")
                .with(Seq.of("batch.kubernetes.io/job-tracking"), "metadata", "finalizers"));
        stage.settle();
        assertThat(stage.pods()).singleElement()
                .satisfies(p -> assertThat(p.status().text("phase")).isEqualTo("Failed"));
    }

    @Test
    void aPodThatCannotBeDeletedKeepsNoOther() {
        Stage stage = new Stage(d -> PodGarbageCollector.add(d, 0));
        going(stage, "p", "");
        going(stage, "q", "");
        stage.api.refuse("delete", BuiltinResources.PODS, ApiFault.forbidden(BuiltinResources.PODS, "", "no"));
        stage.settle();
        assertThat(stage.pods()).hasSize(1);
        stage.pass(Duration.ofSeconds(1));
        assertThat(stage.pods()).isEmpty();
    }

    @Test
    void aPodThatCannotBeDeletedDoesNotProlongTheQuarantineOfOthers() {
        Stage stage = new Stage(d -> PodGarbageCollector.add(d, 0));
        Struct taint = Struct.of("key", "node.kubernetes.io/out-of-service", "effect", "NoExecute");
        stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "down"), "spec", Struct.of("taints", Seq.of(taint)))));
        going(stage, "refused", "down");
        going(stage, "orphan", "gone");
        stage.api.refuse("patch", BuiltinResources.PODS, ApiFault.internal("not now"));
        stage.settle();
        assertThat(stage.pods()).hasSize(2);
        stage.pass(Duration.ofSeconds(20));
        assertThat(stage.pods().stream().map(Obj::name)).containsExactly("orphan");
        stage.pass(Duration.ofSeconds(20));
        assertThat(stage.pods()).isEmpty();
    }

    @Test
    void theArgumentIsANumber() {
        assertThat(ControllersCluster.terminatedPods()).isEqualTo(12_500);
        assertThat(ControllersCluster.terminatedPods("leader-elect=true", "terminated-pod-gc-threshold=10"))
                .isEqualTo(10);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ControllersCluster.terminatedPods("terminated-pod-gc-threshold=few"))
                .withMessageStartingWith(
                        "--kube-controller-manager-arg=terminated-pod-gc-threshold=few is not a whole");
    }
}

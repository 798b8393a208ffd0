package io.k3j.controllersworkload;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Times;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DaemonSetsTest {
    private final Stage stage = new Stage(DaemonSets::add);

    private void node(String name, Object... taints) {
        stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name), "spec", Struct.of("taints", Seq.of(taints)))));
    }

    private void create() {
        stage.api.create(BuiltinResources.DAEMON_SETS, Stage.workload("apps/v1", "DaemonSet", "agent",
                Stage.spec("agent", "i:1", 1).without("replicas")), WriteOptions.PLAIN);
        stage.settle();
    }

    private Obj set() {
        return stage.one(BuiltinResources.DAEMON_SETS, "agent");
    }

    /// Starts pods on the node of their affinity and removes terminating ones.
    private void runPods() {
        stage.settle();
        for (Obj pod : stage.pods()) {
            if (pod.terminating()) {
                stage.api.vanish(BuiltinResources.PODS, pod.key());
            } else if (pod.status().text("phase").equals("Pending")) {
                stage.api.seed(BuiltinResources.PODS, pod.with(DaemonNodes.target(pod), "spec", "nodeName")
                        .with(Struct
                                .of("phase", "Running", "conditions",
                                        Seq.of(Struct.of("type", "Ready", "status", "True",
                                                "lastTransitionTime", Times.seconds(stage.clock.instant())))),
                                "status"));
            }
        }
        stage.settle();
    }

    @Test
    void runsOnePodOnEachEligibleNode() {
        node("a");
        node("b");
        node("c", Struct.of("key", "only", "value", "gpu", "effect", "NoSchedule"));
        create();
        runPods();
        assertThat(stage.pods().stream().map(DaemonNodes::target)).containsExactlyInAnyOrder("a", "b");
        Struct status = set().status();
        assertThat(status.whole("desiredNumberScheduled", 0)).isEqualTo(2);
        assertThat(status.whole("currentNumberScheduled", 0)).isEqualTo(2);
        assertThat(status.whole("numberReady", 0)).isEqualTo(2);
        assertThat(status.whole("numberAvailable", 0)).isEqualTo(2);
        assertThat(status.whole("updatedNumberScheduled", 0)).isEqualTo(2);
        node("d");
        runPods();
        assertThat(stage.pods()).hasSize(3);
    }

    @Test
    void replacesFailedPodsLaterAndLater() {
        node("a");
        create();
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            runPods();
            Obj pod = stage.pods().getFirst();
            stage.end(pod.key(), "Failed");
            long seconds = 0;
            for (stage.settle(); stays(pod); seconds++) {
                assertThat(stage.pods()).as("no other one beside it").hasSize(1);
                stage.pass(Duration.ofSeconds(1));
            }
            waits.add(seconds);
            runPods();
        }
        assertThat(waits).containsExactly(0L, 1L, 2L, 4L);
        assertThat(stage.events()).anyMatch(e -> e.startsWith("FailedDaemonPod: Found failed daemon pod default/")
                && e.endsWith(" on node a, will try to kill it"));
    }

    private boolean stays(Obj pod) {
        return stage.pods().stream().anyMatch(p -> p.uid().equals(pod.uid()) && !p.terminating());
    }

    @Test
    void tellsHowManyThereShouldBeThoughNoneMayBeMade() {
        node("a");
        stage.api.refuse("create", BuiltinResources.PODS, ApiFault.forbidden(BuiltinResources.PODS, "", "quota"));
        create();
        assertThat(set().status().whole("desiredNumberScheduled", 0)).isEqualTo(1);
        assertThat(set().status().whole("observedGeneration", 0)).isEqualTo(set().generation());
    }

    @Test
    void keepsConditionsThatOthersWrote() {
        node("a");
        create();
        Seq foreign = Seq.of(Struct.of("type", "StatusUpdate", "status", "True", "reason", "E2E"));
        stage.api.update(BuiltinResources.DAEMON_SETS, set().with(foreign, "status", "conditions"),
                WriteOptions.STATUS);
        runPods();
        assertThat(set().status().whole("numberReady", 0)).isEqualTo(1);
        assertThat(set().status().seq("conditions")).isEqualTo(foreign);
    }

    @Test
    void encodesARevisionLikeGo() {
        create();
        String data = String.valueOf(stage.all(BuiltinResources.CONTROLLER_REVISIONS).getFirst().tree().get("data"));
        assertThat(data).startsWith("{spec: {template: {$patch: replace, metadata: {")
                .contains("containers: [{image: ");
    }

    private void update(Object value, String... path) {
        stage.api.update(BuiltinResources.DAEMON_SETS, set().with(value, path), WriteOptions.PLAIN);
        stage.settle();
    }

    private void rewritten(Object value, String... path) {
        Obj revision = stage.all(BuiltinResources.CONTROLLER_REVISIONS).getFirst();
        stage.api.seed(BuiltinResources.CONTROLLER_REVISIONS, revision.with(value, path));
        stage.settle();
    }

    @Test
    void aRevisionThatGo133WroteIsStillTheCurrentOne() {
        node("a");
        create();
        runPods();
        rewritten(Null.NULL, "data", "spec", "template", "metadata", "creationTimestamp");
        assertThat(stage.pods()).hasSize(1).noneMatch(Obj::terminating);
        assertThat(stage.all(BuiltinResources.CONTROLLER_REVISIONS)).hasSize(1);
    }

    @Test
    void podsOfTheTemplatesNumberStayWhateverTheirRevisionIs() {
        node("a");
        stage.api.create(BuiltinResources.DAEMON_SETS, Stage.workload("apps/v1", "DaemonSet", "agent",
                Stage.spec("agent", "i:1", 1).without("replicas"))
                .with("7", "metadata", "annotations", DaemonPlan.GENERATION), WriteOptions.PLAIN);
        runPods();
        rewritten("another", "data", "spec", "template", "spec", "schedulerName");
        assertThat(stage.pods()).hasSize(1).noneMatch(Obj::terminating);
        assertThat(set().status().whole("updatedNumberScheduled", 0)).isEqualTo(1);
        update("8", "metadata", "annotations", DaemonPlan.GENERATION);
        assertThat(stage.pods()).allMatch(Obj::terminating);
    }

    @Test
    void daemonPodsStayOnNodesThatAreNotReadyWhateverTheirTemplateTolerates() {
        Struct toleration = Struct.of("key", "node.kubernetes.io/not-ready", "operator", "Exists", "effect",
                "NoExecute");
        Struct other = Struct.of("key", "other", "operator", "Exists");
        Seq all = DaemonNodes.tolerations(Struct.of("tolerations",
                Seq.of(toleration.with("tolerationSeconds", 300L), other)));
        assertThat(all.structs()).startsWith(toleration, other)
                .noneMatch(t -> t.has("tolerationSeconds"));
        assertThat(all.structs().stream().filter(t -> t.text("key").endsWith("not-ready"))).hasSize(1);
    }

    @Test
    void anOldPodGoesFromANodeThatWouldGetNoneByNow() {
        node("a");
        node("b");
        create();
        runPods();
        node("a", Struct.of("key", "only", "value", "gpu", "effect", "NoSchedule"));
        runPods();
        assertThat(stage.pods()).as("it may stay").hasSize(2);
        update(Stage.template("agent", "i:2"), "spec", "template");
        for (int i = 0; i < 4; i++) {
            runPods();
        }
        assertThat(images()).containsExactly("i:2");
        assertThat(stage.pods().stream().map(DaemonNodes::target)).containsExactly("b");
    }

    @Test
    void aPodThatCannotBeDeletedKeepsNoOtherFromItAndNoneFromBeingMade() {
        node("a");
        node("b");
        create();
        runPods();
        List<Obj> pods = stage.pods();
        for (int i = 0; i < 20; i++) {
            stage.api.refuse("delete", BuiltinResources.PODS, ApiFault.forbidden(BuiltinResources.PODS, "", "no"));
        }
        node("a", Struct.of("key", "x", "effect", "NoExecute"));
        node("b", Struct.of("key", "x", "effect", "NoExecute"));
        node("c");
        stage.settle();
        assertThat(pods).hasSize(2).allSatisfy(p -> assertThat(stage.api.calls())
                .anyMatch(call -> call.endsWith("delete pods " + p.key())));
        assertThat(stage.pods().stream().map(DaemonNodes::target)).contains("c");
        assertThat(set().status().whole("desiredNumberScheduled", 0)).isEqualTo(1);
    }

    @Test
    void updatesOneNodeAtATime() {
        node("a");
        node("b");
        create();
        runPods();
        stage.api.update(BuiltinResources.DAEMON_SETS, set().with(Stage.template("agent", "i:2"), "spec", "template"),
                WriteOptions.PLAIN);
        stage.settle();
        assertThat(stage.pods().stream().filter(Obj::terminating)).hasSize(1);
        for (int i = 0; i < 4; i++) {
            runPods();
        }
        assertThat(stage.pods().stream().map(p -> p.spec().seq("containers").struct(0).text("image")))
                .containsExactly("i:2", "i:2");
        assertThat(stage.all(BuiltinResources.CONTROLLER_REVISIONS).stream().map(r -> r.tree().whole("revision", 0)))
                .containsExactlyInAnyOrder(1L, 2L);
        assertThat(set().status().whole("updatedNumberScheduled", 0)).isEqualTo(2);
    }

    @Test
    void surgesBeforeItDeletes() {
        node("a");
        node("b");
        create();
        runPods();
        stage.pass(Duration.ofSeconds(5));
        Struct surge = Struct.of("type", "RollingUpdate", "rollingUpdate", Struct.of("maxSurge", 1L, "maxUnavailable",
                0L));
        stage.api.update(BuiltinResources.DAEMON_SETS, set().with(surge, "spec", "updateStrategy")
                .with(5L, "spec", "minReadySeconds").with(Stage.template("agent", "i:2"), "spec", "template"),
                WriteOptions.PLAIN);
        stage.settle();
        assertThat(images()).containsExactlyInAnyOrder("i:1", "i:1", "i:2");
        runPods();
        assertThat(images()).as("the new pod is not available yet").containsExactlyInAnyOrder("i:1", "i:1", "i:2");
        stage.pass(Duration.ofSeconds(5));
        assertThat(images()).containsExactlyInAnyOrder("i:1", "i:2", "i:2");
        runPods();
        stage.pass(Duration.ofSeconds(5));
        runPods();
        assertThat(images()).containsExactly("i:2", "i:2");
        assertThat(stage.pods().stream().map(DaemonNodes::target)).containsExactlyInAnyOrder("a", "b");
        assertThat(set().status().whole("updatedNumberScheduled", 0)).isEqualTo(2);
    }

    @Test
    void startsTheNewPodAtOnceWhereTheOldIsNotAvailable() {
        node("a");
        node("b");
        create();
        Struct surge = Struct.of("type", "RollingUpdate", "rollingUpdate", Struct.of("maxSurge", 1L, "maxUnavailable",
                0L));
        stage.api.update(BuiltinResources.DAEMON_SETS, set().with(surge, "spec", "updateStrategy")
                .with(Stage.template("agent", "i:2"), "spec", "template"), WriteOptions.PLAIN);
        stage.settle();
        runPods();
        assertThat(images()).containsExactly("i:2", "i:2");
    }

    private List<String> images() {
        return stage.pods().stream().filter(p -> !p.terminating())
                .map(p -> p.spec().seq("containers").struct(0).text("image")).toList();
    }

    @Test
    void replacesAFailedPodAndLeavesATaintedNode() {
        node("a");
        create();
        runPods();
        stage.end(stage.pods().getFirst().key(), "Failed");
        runPods();
        assertThat(stage.events())
                .anyMatch(e -> e.startsWith("FailedDaemonPod: Found failed daemon pod default/agent-"));
        runPods();
        assertThat(stage.pods()).hasSize(1).noneMatch(p -> p.status().text("phase").equals("Failed"));
        stage.api.seed(BuiltinResources.NODES, stage.one(BuiltinResources.NODES, "a").with(
                List.of(Struct.of("key", "x", "effect", "NoExecute")), "spec", "taints"));
        runPods();
        runPods();
        assertThat(stage.pods()).isEmpty();
    }
}

package io.k3j.controllersworkload;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Seq;
import java.time.Instant;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeploymentsTest {
    private final Stage stage = new Stage(d -> {
        Deployments.add(d);
        ReplicaSets.add(d, Replicas.SETS);
    });

    private void create(Struct spec) {
        stage.api.create(BuiltinResources.DEPLOYMENTS, Stage.workload("apps/v1", "Deployment", "web", spec),
                WriteOptions.PLAIN);
    }

    private Obj web() {
        return stage.one(BuiltinResources.DEPLOYMENTS, "web");
    }

    private void change(Object value, String... path) {
        stage.api.update(BuiltinResources.DEPLOYMENTS, web().with(value, path), WriteOptions.PLAIN);
    }

    private Obj setWithImage(String image) {
        return stage.all(BuiltinResources.REPLICA_SETS).stream().filter(s -> s.spec().struct("template").struct("spec")
                .seq("containers").struct(0).text("image").equals(image)).findFirst().orElseThrow();
    }

    private String reason(String type) {
        return Conditions.find(web().status().seq("conditions"), type).map(c -> c.text("reason")).orElse("");
    }

    @Test
    void rollsOutANewDeployment() {
        create(Stage.spec("web", "nginx:1", 3));
        stage.runPods();
        Obj set = setWithImage("nginx:1");
        String hash = set.labels().get("pod-template-hash");
        assertThat(set.name()).isEqualTo("web-" + hash);
        assertThat(stage.pods()).hasSize(3)
                .allSatisfy(p -> assertThat(p.labels()).containsEntry("pod-template-hash", hash));
        assertThat(web().annotations()).containsEntry("deployment.kubernetes.io/revision", "1");
        assertThat(web().generation()).as("its revision is no new wish").isEqualTo(1);
        assertThat(web().status().whole("availableReplicas", 0)).isEqualTo(3);
        assertThat(web().status().whole("updatedReplicas", 0)).isEqualTo(3);
        assertThat(web().status().whole("observedGeneration", 0)).isEqualTo(web().generation());
        assertThat(reason("Available")).isEqualTo("MinimumReplicasAvailable");
        assertThat(reason("Progressing")).isEqualTo("NewReplicaSetAvailable");
        assertThat(stage.events()).contains("ScalingReplicaSet: Scaled up replica set " + set.name() + " from 0 to 3");
    }

    @Test
    void keepsWithinSurgeAndUnavailabilityDuringARollout() {
        create(Stage.spec("web", "nginx:1", 4));
        stage.runPods();
        change(Stage.template("web", "nginx:2"), "spec", "template");
        for (int i = 0; i < 12; i++) {
            stage.settle();
            long alive = stage.pods().stream().filter(p -> !p.terminating()).count();
            assertThat(alive).isBetween(3L, 5L);
            stage.runPods();
        }
        assertThat(setWithImage("nginx:2").spec().whole("replicas", -1)).isEqualTo(4);
        assertThat(setWithImage("nginx:1").spec().whole("replicas", -1)).isZero();
        assertThat(web().annotations()).containsEntry("deployment.kubernetes.io/revision", "2");
        assertThat(reason("Progressing")).isEqualTo("NewReplicaSetAvailable");
    }

    @Test
    void givesARollbackANewRevision() {
        create(Stage.spec("web", "nginx:1", 1));
        stage.runPods();
        change(Stage.template("web", "nginx:2"), "spec", "template");
        stage.runPods().runPods().runPods();
        change(Stage.template("web", "nginx:1"), "spec", "template");
        stage.runPods().runPods().runPods();
        assertThat(web().annotations()).containsEntry("deployment.kubernetes.io/revision", "3");
        assertThat(setWithImage("nginx:1").annotations()).containsEntry("deployment.kubernetes.io/revision", "3")
                .containsEntry("deployment.kubernetes.io/revision-history", "1");
        assertThat(stage.all(BuiltinResources.REPLICA_SETS)).hasSize(2);
    }

    @Test
    void theHistoryOfRevisionsLosesItsOldest() {
        String annotation = "deployment.kubernetes.io/revision-history";
        create(Stage.spec("web", "nginx:1", 1));
        stage.runPods();
        stage.api.seed(BuiltinResources.REPLICA_SETS, setWithImage("nginx:1")
                .with("1,2,3," + String.join(",", Collections.nCopies(399, "1000")), "metadata", "annotations",
                        annotation));
        change(Stage.template("web", "nginx:2"), "spec", "template");
        stage.runPods().runPods().runPods();
        change(Stage.template("web", "nginx:1"), "spec", "template");
        stage.runPods().runPods().runPods();
        assertThat(setWithImage("nginx:1").annotations().get(annotation)).hasSize(2_000).startsWith("2,3,1000,")
                .endsWith(",1000,1");
    }

    @Test
    void recreatesOnlyAfterAllOldPodsAreDeleted() {
        create(Stage.spec("web", "nginx:1", 2).with("strategy", Struct.of("type", "Recreate")));
        stage.runPods();
        change(Stage.template("web", "nginx:2"), "spec", "template");
        stage.settle();
        assertThat(stage.pods()).hasSize(2).allMatch(Obj::terminating);
        stage.runPods();
        stage.runPods();
        assertThat(stage.pods()).hasSize(2).noneMatch(Obj::terminating);
        assertThat(web().status().whole("updatedReplicas", 0)).isEqualTo(2);
    }

    @Test
    void reportsAnExceededProgressDeadline() {
        create(Stage.spec("web", "nginx:1", 1).with("progressDeadlineSeconds", 60));
        stage.pass(Duration.ofSeconds(30));
        assertThat(reason("Progressing")).isEqualTo("ReplicaSetUpdated");
        stage.pass(Duration.ofSeconds(32));
        assertThat(reason("Progressing")).isEqualTo("ProgressDeadlineExceeded");
        stage.runPods();
        assertThat(reason("Progressing")).isEqualTo("NewReplicaSetAvailable");
    }

    @Test
    void scalesWithoutANewRevision() {
        create(Stage.spec("web", "nginx:1", 1));
        stage.runPods();
        change(5, "spec", "replicas");
        stage.runPods();
        assertThat(web().status().whole("readyReplicas", 0)).isEqualTo(5);
        assertThat(stage.all(BuiltinResources.REPLICA_SETS)).hasSize(1);
        assertThat(reason("Available")).isEqualTo("MinimumReplicasAvailable");
    }

    @Test
    void scalesProportionallyDuringARollout() {
        create(Stage.spec("web", "nginx:1", 10).with("strategy", Struct.of("type", "RollingUpdate", "rollingUpdate",
                Struct.of("maxSurge", 3, "maxUnavailable", 2))));
        stage.runPods();
        change(Stage.template("web", "nginx:2"), "spec", "template");
        stage.settle();
        assertThat(sizes()).containsExactlyInAnyOrder(8L, 5L);
        change(15, "spec", "replicas");
        stage.settle();
        assertThat(sizes()).containsExactlyInAnyOrder(11L, 7L);
    }

    private List<Long> sizes() {
        return stage.all(BuiltinResources.REPLICA_SETS).stream().map(s -> s.spec().whole("replicas", 0)).toList();
    }

    @Test
    void oneThatIsPausedIsNotLookedAtForItsDeadline() {
        Struct progressing = Struct.of("type", "Progressing", "status", "Unknown", "reason", "DeploymentPaused",
                "lastUpdateTime", "2026-01-01T12:00:00Z");
        Obj late = Stage.workload("apps/v1", "Deployment", "web", Stage.spec("web", "nginx:1", 1))
                .with(Seq.of(progressing), "status", "conditions");
        Instant now = Instant.parse("2026-01-01T12:11:00Z");
        assertThat(Deployments.again(late.with(true, "spec", "paused"), now)).isEqualTo(Requeue.NEVER);
        assertThat(Deployments.again(late, now).after()).as("not at once, for ever")
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(Deployments.again(late, now.minusSeconds(120)).after()).isEqualTo(Duration.ofSeconds(61));
    }

    @Test
    void doesNotRollOutWhilePaused() {
        create(Stage.spec("web", "nginx:1", 1));
        stage.runPods();
        change(true, "spec", "paused");
        stage.settle();
        assertThat(reason("Progressing")).isEqualTo("DeploymentPaused");
        change(Stage.template("web", "nginx:2"), "spec", "template");
        stage.settle();
        assertThat(stage.all(BuiltinResources.REPLICA_SETS)).hasSize(1);
        change(false, "spec", "paused");
        stage.runPods().runPods();
        assertThat(stage.all(BuiltinResources.REPLICA_SETS)).hasSize(2);
    }

    @Test
    void deletesOldReplicaSetsBeyondTheHistoryLimit() {
        create(Stage.spec("web", "nginx:1", 1).with("revisionHistoryLimit", 1));
        for (int i = 2; i <= 5; i++) {
            stage.runPods().runPods().runPods();
            change(Stage.template("web", "nginx:" + i), "spec", "template");
        }
        stage.runPods().runPods().runPods();
        assertThat(stage.all(BuiltinResources.REPLICA_SETS)).hasSize(2);
    }
}

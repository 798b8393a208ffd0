package io.k3j.controllersworkload;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplicaSetsTest {
    private final Stage stage = new Stage(d -> ReplicaSets.add(d, Replicas.SETS));

    private Obj set(long replicas) {
        return stage.api.create(BuiltinResources.REPLICA_SETS,
                Stage.workload("apps/v1", "ReplicaSet", "web", Stage.spec("web", "nginx", replicas)),
                WriteOptions.PLAIN);
    }

    @Test
    void createsTheDesiredPodsAndCountsThem() {
        set(3);
        stage.runPods();
        assertThat(stage.pods()).hasSize(3).allSatisfy(p -> {
            assertThat(p.name()).startsWith("web-");
            assertThat(p.controller().orElseThrow().text("name")).isEqualTo("web");
        });
        Struct status = stage.one(BuiltinResources.REPLICA_SETS, "web").status();
        assertThat(status.whole("replicas", 0)).isEqualTo(3);
        assertThat(status.whole("readyReplicas", 0)).isEqualTo(3);
        assertThat(status.whole("availableReplicas", 0)).isEqualTo(3);
        assertThat(status.whole("fullyLabeledReplicas", 0)).isEqualTo(3);
        assertThat(stage.events()).hasSize(3).allMatch(e -> e.startsWith("SuccessfulCreate: Created pod: web-"));
    }

    @Test
    void podsBecomeAvailableThoughOthersAreNotReady() {
        stage.api.create(BuiltinResources.REPLICA_SETS, Stage.workload("apps/v1", "ReplicaSet", "web",
                Stage.spec("web", "nginx", 3).with("minReadySeconds", 10)), WriteOptions.PLAIN);
        stage.settle();
        stage.pods().stream().limit(2).forEach(pod -> stage.run(pod.key()));
        stage.pass(Duration.ofSeconds(9));
        assertThat(stage.one(BuiltinResources.REPLICA_SETS, "web").status().whole("availableReplicas", 0)).isZero();
        stage.pass(Duration.ofSeconds(1));
        assertThat(stage.one(BuiltinResources.REPLICA_SETS, "web").status().whole("availableReplicas", 0))
                .isEqualTo(2);
    }

    @Test
    void writesAsItsServiceAccount() {
        set(1);
        stage.settle();
        assertThat(stage.api.calls()).anyMatch(
                c -> c.startsWith("system:serviceaccount:kube-system:replicaset-controller create pods default/"));
    }

    @Test
    void deletesPodsThatAreNotReadyFirst() {
        Obj set = set(3);
        stage.runPods();
        Obj unready = stage.pods().get(1);
        stage.api.seed(BuiltinResources.PODS, unready.without("status", "conditions"));
        stage.settle();
        stage.api.update(BuiltinResources.REPLICA_SETS, set.withRevision(0).with(2, "spec", "replicas"),
                WriteOptions.PLAIN);
        stage.settle();
        assertThat(stage.pods().stream().filter(Obj::terminating).map(Obj::name)).containsExactly(unready.name());
    }

    /// Not by all its restarts together.
    @Test
    void ofEqualPodsTheOneGoesWithTheContainerThatRestartedMost() {
        Obj set = set(2);
        stage.runPods();
        Obj often = stage.pods().getFirst();
        restarted(often, 3, 0);
        restarted(stage.pods().getLast(), 2, 2);
        stage.api.update(BuiltinResources.REPLICA_SETS, set.withRevision(0).with(1, "spec", "replicas"),
                WriteOptions.PLAIN);
        stage.settle();
        assertThat(stage.pods().stream().filter(Obj::terminating).map(Obj::name)).containsExactly(often.name());
    }

    private void restarted(Obj pod, long... times) {
        stage.api.seed(BuiltinResources.PODS, pod.with(Seq.of(Struct.of("name", "main", "restartCount", times[0]),
                Struct.of("name", "other", "restartCount", times[1])), "status", "containerStatuses"));
    }

    @Test
    void replacesAPodThatFailed() {
        set(1);
        stage.runPods();
        stage.end(stage.pods().getFirst().key(), "Failed");
        stage.settle();
        assertThat(stage.pods()).hasSize(2);
    }

    @Test
    void adoptsMatchingOrphansAndReleasesPodsThatNoLongerMatch() {
        stage.api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "lost", "namespace", "default", "labels", Struct.of("app", "web")))),
                WriteOptions.PLAIN);
        set(1);
        stage.settle();
        assertThat(stage.pods()).hasSize(1);
        Obj lost = stage.api.get(BuiltinResources.PODS, new Key("default", "lost"));
        assertThat(lost.controller()).isPresent();
        stage.api.update(BuiltinResources.PODS, lost.with("other", "metadata", "labels", "app"), WriteOptions.PLAIN);
        stage.settle();
        assertThat(stage.pods()).hasSize(2);
        assertThat(stage.api.get(BuiltinResources.PODS, new Key("default", "lost")).owners()).isEmpty();
    }

    @Test
    void reportsAFailedCreateAndRetries() {
        stage.api.refuse("create", BuiltinResources.PODS,
                ApiFault.forbidden(BuiltinResources.PODS, "", "exceeded quota: q"));
        stage.api.refuse("create", BuiltinResources.PODS,
                ApiFault.forbidden(BuiltinResources.PODS, "", "exceeded quota: q"));
        set(1);
        stage.settle();
        assertThat(
                Conditions.find(stage.one(BuiltinResources.REPLICA_SETS, "web").status().seq("conditions"),
                        "ReplicaFailure"))
                .hasValueSatisfying(c -> assertThat(c.text("reason")).isEqualTo("FailedCreate"));
        assertThat(stage.events()).contains("FailedCreate: Error creating: pods is forbidden: exceeded quota: q");
        stage.pass(Duration.ofSeconds(1));
        assertThat(stage.pods()).hasSize(1);
        assertThat(stage.one(BuiltinResources.REPLICA_SETS, "web").status().seq("conditions").isEmpty()).isTrue();
    }
}

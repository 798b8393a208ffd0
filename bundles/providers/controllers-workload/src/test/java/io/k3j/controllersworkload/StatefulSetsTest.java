package io.k3j.controllersworkload;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatefulSetsTest {
    private Stage stage = stage(FeatureGates.NONE);

    private static Stage stage(FeatureGates gates) {
        return new Stage(context -> StatefulSets.add(context, gates));
    }

    private void create(Object... more) {
        Struct spec = Stage.spec("db", "i:1", 3).with("serviceName", "db").with("volumeClaimTemplates",
                Seq.of(Struct.of("metadata", Struct.of("name", "data"), "spec",
                        Struct.of("accessModes", Seq.of("ReadWriteOnce")))));
        for (int i = 0; i < more.length; i += 2) {
            spec = spec.with((String) more[i], more[i + 1]);
        }
        stage.api.create(BuiltinResources.STATEFUL_SETS, Stage.workload("apps/v1", "StatefulSet", "db", spec),
                WriteOptions.PLAIN);
        stage.settle();
    }

    private List<String> pods() {
        return stage.pods().stream().map(Obj::name).toList();
    }

    private Obj set() {
        return stage.one(BuiltinResources.STATEFUL_SETS, "db");
    }

    private void change(Object value, String... path) {
        stage.api.update(BuiltinResources.STATEFUL_SETS, set().with(value, path), WriteOptions.PLAIN);
        stage.settle();
    }

    @Test
    void createsPodsInOrderWithTheirNamesAndClaims() {
        create();
        assertThat(pods()).containsExactly("db-0");
        stage.runPods();
        assertThat(pods()).containsExactly("db-0", "db-1");
        stage.runPods().runPods();
        assertThat(pods()).containsExactly("db-0", "db-1", "db-2");
        Obj pod = stage.pods().get(1);
        assertThat(pod.labels()).containsEntry("statefulset.kubernetes.io/pod-name", "db-1")
                .containsEntry("apps.kubernetes.io/pod-index", "1");
        assertThat(pod.spec().text("hostname")).isEqualTo("db-1");
        assertThat(pod.spec().text("subdomain")).isEqualTo("db");
        assertThat(pod.spec().seq("volumes").find("name", "data").struct("persistentVolumeClaim").text("claimName"))
                .isEqualTo("data-db-1");
        assertThat(stage.all(BuiltinResources.PERSISTENT_VOLUME_CLAIMS)).hasSize(3);
        assertThat(set().status().whole("readyReplicas", 0)).isEqualTo(3);
        assertThat(set().status().text("currentRevision")).isEqualTo(set().status().text("updateRevision"));
        assertThat(stage.events()).contains("SuccessfulCreate: create Pod db-0 in StatefulSet db successful");
    }

    @Test
    void createsAllPodsAtOnceWhenParallel() {
        create("podManagementPolicy", "Parallel");
        assertThat(pods()).containsExactly("db-0", "db-1", "db-2");
    }

    @Test
    void scalesDownFromTheHighestOrdinalAndKeepsTheClaims() {
        create("podManagementPolicy", "Parallel");
        stage.runPods();
        change(1, "spec", "replicas");
        stage.runPods().runPods().runPods();
        assertThat(pods()).containsExactly("db-0");
        assertThat(stage.all(BuiltinResources.PERSISTENT_VOLUME_CLAIMS)).hasSize(3);
    }

    @Test
    void pausesWhilePodsAreNotReady() {
        create();
        stage.runPods().runPods().runPods();
        List.of("db-1", "db-2").forEach(this::unready);
        change(0, "spec", "replicas");
        stage.runPods().runPods();
        assertThat(pods()).containsExactly("db-0", "db-1", "db-2");
        stage.run(new Key("default", "db-2"));
        stage.runPods().runPods().runPods().runPods();
        assertThat(pods()).isEmpty();
    }

    private void unready(String name) {
        Obj pod = stage.one(BuiltinResources.PODS, name);
        stage.api.seed(BuiltinResources.PODS, pod.with(Seq.of(Struct.of("type", "Ready", "status", "False")), "status",
                "conditions"));
        stage.settle();
    }

    @Test
    void recreatesAFailedPod() {
        create();
        String uid = stage.pods().getFirst().uid();
        stage.end(new Key("default", "db-0"), "Failed");
        stage.runPods().runPods();
        assertThat(stage.one(BuiltinResources.PODS, "db-0").uid()).isNotEqualTo(uid);
        assertThat(stage.events()).contains("SuccessfulDelete: delete Pod db-0 in StatefulSet db successful")
                .noneMatch(e -> e.startsWith("Recreating"));
    }

    @Test
    void givesAPodItsNameAsALabelBack() {
        create("podManagementPolicy", "Parallel");
        stage.runPods();
        Obj pod = stage.one(BuiltinResources.PODS, "db-1");
        stage.api.update(BuiltinResources.PODS, pod.without("metadata", "labels", StatefulPods.NAME),
                WriteOptions.PLAIN);
        stage.settle();
        assertThat(stage.one(BuiltinResources.PODS, "db-1").labels()).containsEntry(StatefulPods.NAME, "db-1");
        assertThat(stage.events()).contains("SuccessfulUpdate: update Pod db-1 in StatefulSet db successful");
    }

    /// It is ready, but not for long enough.
    @Test
    void theHighestPodGoesAlsoWhereItIsTheFirstThatIsNotAvailable() {
        create("minReadySeconds", 30);
        stage.pass(Duration.ofSeconds(31)).runPods().pass(Duration.ofSeconds(31)).runPods();
        assertThat(pods()).containsExactly("db-0", "db-1");
        change(1, "spec", "replicas");
        assertThat(going()).containsExactly("db-1");
    }

    @Test
    void tellsWhyAPodCannotBeDeleted() {
        create("podManagementPolicy", "Parallel");
        stage.runPods();
        stage.api.refuse("delete", BuiltinResources.PODS, ApiFault.forbidden(BuiltinResources.PODS, "", "no"));
        change(2, "spec", "replicas");
        assertThat(stage.events()).anyMatch(
                e -> e.startsWith("FailedDelete: delete Pod db-2 in StatefulSet db failed error: "));
    }

    @Test
    void updatesFromTheHighestOrdinalDownToThePartition() {
        create();
        stage.runPods().runPods().runPods();
        change(Struct.of("type", "RollingUpdate", "rollingUpdate", Struct.of("partition", 1)), "spec",
                "updateStrategy");
        change(Stage.template("db", "i:2"), "spec", "template");
        assertThat(stage.pods().stream().filter(Obj::terminating).map(Obj::name)).containsExactly("db-2");
        for (int i = 0; i < 6; i++) {
            stage.runPods();
        }
        assertThat(images()).containsExactly("i:1", "i:2", "i:2");
        assertThat(set().status().text("currentRevision")).isNotEqualTo(set().status().text("updateRevision"));
        change(0, "spec", "updateStrategy", "rollingUpdate", "partition");
        for (int i = 0; i < 4; i++) {
            stage.runPods();
        }
        assertThat(images()).containsExactly("i:2", "i:2", "i:2");
        assertThat(set().status().text("currentRevision")).isEqualTo(set().status().text("updateRevision"));
    }

    @Test
    void takesOverWhatADeletedSetOfItsNameHasLeftBehind() {
        create("podManagementPolicy", "Parallel");
        stage.runPods();
        List<String> uids = stage.pods().stream().map(Obj::uid).toList();
        String revision = stage.all(BuiltinResources.CONTROLLER_REVISIONS).getFirst().name();
        stage.api.vanish(BuiltinResources.STATEFUL_SETS, new Key("default", "db"));
        for (Gvr left : List.of(BuiltinResources.PODS, BuiltinResources.CONTROLLER_REVISIONS)) {
            stage.all(left).forEach(o -> stage.api.update(left, o.without("metadata", "ownerReferences"),
                    WriteOptions.PLAIN));
        }
        stage.settle();
        create("podManagementPolicy", "Parallel", "volumeClaimTemplates", Seq.EMPTY);
        stage.runPods();
        assertThat(stage.pods().stream().map(Obj::uid)).isEqualTo(uids);
        assertThat(set().status().whole("readyReplicas", 0)).isEqualTo(3);
        assertThat(set().status().text("currentRevision")).isEqualTo(revision);
        assertThat(stage.all(BuiltinResources.CONTROLLER_REVISIONS)).singleElement()
                .satisfies(r -> assertThat(r.controller().orElseThrow().text("uid")).isEqualTo(set().uid()));
    }

    @Test
    void anotherTemplateUnderTheNameOfItsRevisionMakesItTakeAnotherName() {
        create();
        Obj taken = stage.all(BuiltinResources.CONTROLLER_REVISIONS).getFirst();
        stage.api.vanish(BuiltinResources.STATEFUL_SETS, new Key("default", "db"));
        stage.api.vanish(BuiltinResources.CONTROLLER_REVISIONS, taken.key());
        stage.api.seed(BuiltinResources.CONTROLLER_REVISIONS,
                Obj.of(Struct.of("apiVersion", "apps/v1", "kind", "ControllerRevision", "metadata",
                        Struct.of("name", taken.name(), "namespace", "default"), "data", Struct.of("other", "template"),
                        "revision", 1)));
        stage.settle();
        create();
        assertThat(set().status().whole("collisionCount", 0)).isEqualTo(1);
        assertThat(set().status().text("updateRevision")).startsWith("db-").isNotEqualTo(taken.name());
    }

    @Test
    void takesOnePodAtATimeAlsoWhenItMakesThemAllAtOnce() {
        create("podManagementPolicy", "Parallel");
        stage.runPods();
        change(Stage.template("db", "i:2"), "spec", "template");
        assertThat(stage.pods().stream().filter(Obj::terminating).map(Obj::name)).containsExactly("db-2");
        stage.api.delete(BuiltinResources.PODS, new Key("default", "db-2"), DeleteOptions.NOW);
        stage.settle();
        assertThat(pods()).containsExactly("db-0", "db-1", "db-2");
        assertThat(stage.pods().stream().filter(Obj::terminating)).as("db-2 is not ready yet").isEmpty();
        stage.run(new Key("default", "db-2"));
        stage.settle();
        assertThat(stage.pods().stream().filter(Obj::terminating).map(Obj::name)).containsExactly("db-1");
    }

    private List<String> going() {
        return stage.pods().stream().filter(Obj::terminating).map(Obj::name).toList();
    }

    @Test
    void anOldPodThatIsBrokenKeepsNoneFromBeingUpdated() {
        create("podManagementPolicy", "Parallel");
        stage.runPods();
        unready("db-0");
        change(Stage.template("db", "i:2"), "spec", "template");
        assertThat(going()).as("the highest first").containsExactly("db-2");
        for (int i = 0; i < 8; i++) {
            stage.runPods();
        }
        assertThat(images()).containsExactly("i:2", "i:2", "i:2");
    }

    @Test
    void moreThanOnePodIsUpdatedAtATimeOnlyWhereTheGateSaysSo() {
        rollTwoAtATime();
        assertThat(going()).containsExactly("db-2");
        stage = stage(new FeatureGates(Set.of(FeatureGate.MAX_UNAVAILABLE_STATEFUL_SET)));
        rollTwoAtATime();
        assertThat(going()).containsExactly("db-1", "db-2");
    }

    private void rollTwoAtATime() {
        create("podManagementPolicy", "Parallel", "updateStrategy", Struct.of("type", "RollingUpdate",
                "rollingUpdate", Struct.of("partition", 0, "maxUnavailable", 2)));
        stage.runPods();
        change(Stage.template("db", "i:2"), "spec", "template");
    }

    /// Such a one is not waited for: it goes at once, and of the others as many as are left.
    @Test
    void oldPodsThatAreBrokenAnywayTakeNothingFromTheirUpdate() {
        stage = stage(new FeatureGates(Set.of(FeatureGate.MAX_UNAVAILABLE_STATEFUL_SET)));
        create("podManagementPolicy", "Parallel", "updateStrategy", Struct.of("type", "RollingUpdate",
                "rollingUpdate", Struct.of("maxUnavailable", "67%")));
        stage.runPods();
        unready("db-0");
        change(Stage.template("db", "i:2"), "spec", "template");
        assertThat(going()).as("67 % of three, rounded down, are two").containsExactly("db-0", "db-2");
    }

    @Test
    void aRevisionThatGo133WroteIsStillTheCurrentOne() {
        create("podManagementPolicy", "Parallel");
        stage.runPods();
        Obj revision = stage.all(BuiltinResources.CONTROLLER_REVISIONS).getFirst();
        stage.api.seed(BuiltinResources.CONTROLLER_REVISIONS, revision.with(Null.NULL, "data", "spec", "template",
                "metadata", "creationTimestamp"));
        stage.settle();
        change("noted", "metadata", "annotations", "note");
        assertThat(going()).isEmpty();
        assertThat(set().status().text("updateRevision")).isEqualTo(revision.name());
        assertThat(stage.all(BuiltinResources.CONTROLLER_REVISIONS)).hasSize(1);
    }

    @Test
    void keepsConditionsThatOthersWrote() {
        create();
        Seq foreign = Seq.of(Struct.of("type", "StatusUpdate", "status", "True", "reason", "E2E"));
        stage.api.update(BuiltinResources.STATEFUL_SETS, set().with(foreign, "status", "conditions"),
                WriteOptions.STATUS);
        stage.runPods();
        assertThat(set().status().whole("readyReplicas", 0)).isEqualTo(1);
        assertThat(set().status().seq("conditions")).isEqualTo(foreign);
    }

    private List<String> images() {
        return stage.pods().stream().map(p -> p.spec().seq("containers").struct(0).text("image")).toList();
    }
}

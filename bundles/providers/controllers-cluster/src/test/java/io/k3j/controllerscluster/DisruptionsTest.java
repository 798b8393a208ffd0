package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class DisruptionsTest {
    private final Stage stage = new Stage(Disruptions::add);

    private void pod(String name) {
        stage.api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "labels", Struct.of("app", "web")))),
                WriteOptions.PLAIN);
    }

    @Test
    void computesTheAllowedDisruptions() {
        Obj set = stage.api.create(BuiltinResources.REPLICA_SETS, Stage.workload("apps/v1", "ReplicaSet", "web",
                Stage.spec("web", "i", 3)), WriteOptions.PLAIN);
        stage.api.create(BuiltinResources.POD_DISRUPTION_BUDGETS,
                Stage.workload("policy/v1", "PodDisruptionBudget", "web",
                        Struct.of("maxUnavailable", 1, "selector", Struct.of("matchLabels", Struct.of("app", "web")))),
                WriteOptions.PLAIN);
        for (String name : new String[] {"a", "b", "c"}) {
            pod(name);
            Obj pod = stage.api.get(BuiltinResources.PODS, new Key("default", name));
            stage.api.seed(BuiltinResources.PODS,
                    pod.with(Seq.of(set.ownerReference()), "metadata", "ownerReferences"));
        }
        stage.runPods();
        Struct status = stage.one(BuiltinResources.POD_DISRUPTION_BUDGETS, "web").status();
        assertThat(status.whole("expectedPods", 0)).isEqualTo(3);
        assertThat(status.whole("desiredHealthy", 0)).isEqualTo(2);
        assertThat(status.whole("disruptionsAllowed", 0)).isEqualTo(1);
    }

    private void budget() {
        stage.api.create(BuiltinResources.POD_DISRUPTION_BUDGETS,
                Stage.workload("policy/v1", "PodDisruptionBudget", "web",
                        Struct.of("maxUnavailable", 1, "selector", Struct.of("matchLabels", Struct.of("app", "web")))),
                WriteOptions.PLAIN);
    }

    private void podOf(Obj owner, String name) {
        pod(name);
        Obj pod = stage.api.get(BuiltinResources.PODS, new Key("default", name));
        stage.api.seed(BuiltinResources.PODS, pod.with(Seq.of(owner.ownerReference()), "metadata", "ownerReferences"));
    }

    @Test
    void podsWhoseControllerHasNoScaleMayNotBeDisrupted() {
        Obj set = stage.api.create(BuiltinResources.REPLICA_SETS, Stage.workload("apps/v1", "ReplicaSet", "web",
                Stage.spec("web", "i", 2)), WriteOptions.PLAIN);
        Obj job = stage.api.create(BuiltinResources.JOBS, Stage.workload("batch/v1", "Job", "once",
                Struct.of("template", Stage.template("web", "i"))), WriteOptions.PLAIN);
        for (int i = 0; i < 20; i++) {
            stage.api.refuse("get", BuiltinResources.JOBS, new ApiFault(404, "NotFound",
                    "the server could not find the requested resource", Struct.EMPTY));
        }
        budget();
        podOf(set, "a");
        podOf(set, "b");
        podOf(job, "c");
        stage.runPods();
        Struct status = stage.one(BuiltinResources.POD_DISRUPTION_BUDGETS, "web").status();
        assertThat(status.whole("disruptionsAllowed", -1)).isZero();
        Struct allowed = Conditions.find(status.seq("conditions"), "DisruptionAllowed").orElseThrow();
        assertThat(allowed.text("status")).isEqualTo("False");
        assertThat(allowed.text("reason")).isEqualTo("SyncFailed");
        assertThat(allowed.text("message")).isEqualTo("jobs.batch does not implement the scale subresource");
        assertThat(stage.events()).contains("CalculateExpectedPodCountFailed: Failed to calculate the number of"
                + " expected pods: jobs.batch does not implement the scale subresource");
    }

    @Test
    void aControllerThatHasGoneAllowsNothing() {
        Obj set = stage.api.create(BuiltinResources.REPLICA_SETS, Stage.workload("apps/v1", "ReplicaSet", "web",
                Stage.spec("web", "i", 1)), WriteOptions.PLAIN);
        budget();
        podOf(set, "a");
        stage.runPods();
        assertThat(allowed()).isEqualTo(1);
        stage.api.vanish(BuiltinResources.REPLICA_SETS, new Key("default", "web"));
        pod("b");
        stage.settle();
        assertThat(allowed()).isZero();
        assertThat(stage.events()).contains("CalculateExpectedPodCountFailed: Failed to calculate the number of"
                + " expected pods: found no controllers for pod \"a\"");
    }

    @Test
    void whatABudgetDoesNotDependOnIsNoMatterToIt() {
        budget();
        pod("a");
        stage.runPods();
        Obj pod = stage.one(BuiltinResources.PODS, "a");
        stage.api.seed(BuiltinResources.PODS, pod.with("x", "metadata", "annotations", "note")
                .with(Seq.of(Struct.of("name", "main", "restartCount", 1)), "status", "containerStatuses"));
        stage.api.deliver();
        assertThat(stage.desk.step()).isFalse();
        stage.api.seed(BuiltinResources.PODS, pod.without("status", "conditions"));
        stage.api.deliver();
        assertThat(stage.desk.step()).isTrue();
    }

    private long allowed() {
        return stage.one(BuiltinResources.POD_DISRUPTION_BUDGETS, "web").status().whole("disruptionsAllowed", -1);
    }

    @Test
    void aCustomResourceIsAskedForItsScale() {
        Gvr things = Gvr.of("example.com/v1", "things");
        stage.api.serve(new ApiResource(things, "Thing", true, List.of("get", "list", "watch", "create")), true);
        Obj thing = stage.api.create(things, Stage.workload("example.com/v1", "Thing", "t",
                Struct.of("replicas", 3)), WriteOptions.PLAIN);
        budget();
        podOf(thing, "a");
        podOf(thing, "b");
        podOf(thing, "c");
        stage.runPods();
        Struct status = stage.one(BuiltinResources.POD_DISRUPTION_BUDGETS, "web").status();
        assertThat(status.whole("expectedPods", 0)).isEqualTo(3);
        assertThat(status.whole("disruptionsAllowed", 0)).isEqualTo(1);
    }

    @Test
    void tellsOfPodsWhoseNumberNobodyDeclares() {
        budget();
        pod("a");
        stage.runPods();
        assertThat(stage.events()).contains("UnmanagedPods: Pods selected by this PodDisruptionBudget (selector:"
                + " &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:"
                + "[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB"
                + " cannot be calculated correctly, which may result in undefined behavior. To account for these pods please"
                + " set \".spec.minAvailable\" field of the PDB to an integer value.");
    }

    @Test
    void anAbsoluteNumberCountsAllPodsThereAre() {
        stage.api.create(BuiltinResources.POD_DISRUPTION_BUDGETS, Stage.workload("policy/v1", "PodDisruptionBudget",
                "web", Struct.of("minAvailable", 1, "selector", Struct.of("matchLabels", Struct.of("app", "web")))),
                WriteOptions.PLAIN);
        pod("a");
        pod("b");
        stage.runPods();
        stage.end(new Key("default", "b"), "Failed");
        stage.settle();
        Struct status = stage.one(BuiltinResources.POD_DISRUPTION_BUDGETS, "web").status();
        assertThat(status.whole("expectedPods", 0)).isEqualTo(2);
        assertThat(stage.events()).noneMatch(e -> e.startsWith("UnmanagedPods"));
    }

    @Test
    void tellsOfAPodThatWasToBeDeletedAndWasNot() {
        budget();
        pod("a");
        stage.runPods();
        Obj known = stage.one(BuiltinResources.POD_DISRUPTION_BUDGETS, "web");
        stage.api.seed(BuiltinResources.POD_DISRUPTION_BUDGETS, known.with(Struct.of("a", "2026-01-01T12:00:00Z"),
                "status", "disruptedPods"));
        stage.settle();
        assertThat(stage.one(BuiltinResources.POD_DISRUPTION_BUDGETS, "web").status().has("disruptedPods")).isTrue();
        stage.pass(Duration.ofSeconds(122));
        assertThat(stage.one(BuiltinResources.POD_DISRUPTION_BUDGETS, "web").status().has("disruptedPods")).isFalse();
        assertThat(stage.events())
                .contains("NotDeleted: Pod was expected by PDB default/web to be deleted but it wasn't");
    }

    @Test
    void aPodThatIsStillThereIsToBeDisruptedNoMore() {
        Stage stale = new Stage(StaleDisruptions::add);
        for (String reason : List.of("EvictionByEvictionAPI", "TerminationByKubelet")) {
            Struct condition = Struct.of("type", "DisruptionTarget", "status", "True", "reason", reason,
                    "lastTransitionTime", "2026-01-01T12:00:00Z");
            stale.api.seed(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                    Struct.of("name", reason.toLowerCase(Locale.ROOT), "namespace", "default"), "status",
                    Struct.of("phase", "Running", "conditions", Seq.of(condition)))));
        }
        stale.pass(Duration.ofSeconds(119));
        assertThat(target(stale, "evictionbyevictionapi").text("status")).isEqualTo("True");
        stale.pass(Duration.ofSeconds(2));
        assertThat(target(stale, "evictionbyevictionapi").text("status")).isEqualTo("False");
        assertThat(target(stale, "evictionbyevictionapi").has("reason")).isFalse();
        assertThat(target(stale, "terminationbykubelet").text("status")).isEqualTo("True");
    }

    private static Struct target(Stage stage, String pod) {
        return Conditions.find(stage.one(BuiltinResources.PODS, pod).status().seq("conditions"), "DisruptionTarget")
                .orElseThrow();
    }
}

package io.k3j.controllersworkload;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
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
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class JobsTest {
    private final Stage stage = new Stage(Jobs::add);

    private void create(Object... spec) {
        Struct full = Struct.of("selector", Struct.of("matchLabels", Struct.of("app", "job")), "template",
                Stage.template("job", "i"), "completions", 1, "parallelism", 1, "backoffLimit", 6);
        for (int i = 0; i < spec.length; i += 2) {
            full = full.with((String) spec[i], spec[i + 1]);
        }
        stage.api.create(BuiltinResources.JOBS, Stage.workload("batch/v1", "Job", "job", full), WriteOptions.PLAIN);
        stage.runPods();
    }

    private Obj job() {
        return stage.one(BuiltinResources.JOBS, "job");
    }

    private String holds() {
        return String.join(",", job().status().seq("conditions").structs().stream()
                .filter(c -> c.text("status").equals("True")).map(c -> c.text("type")).toList());
    }

    private void endAll(String phase) {
        List<Obj> running = stage.pods().stream().filter(p -> p.status().text("phase").equals("Running")).toList();
        running.forEach(p -> stage.end(p.key(), phase));
        stage.settle();
    }

    @Test
    void completesWhenEnoughPodsHaveSucceeded() {
        create("completions", 3, "parallelism", 2);
        assertThat(stage.pods()).hasSize(2).allSatisfy(
                p -> assertThat(p.finalizers()).containsExactly("batch.kubernetes.io/job-tracking"));
        assertThat(job().status().whole("active", 0)).isEqualTo(2);
        endAll("Succeeded");
        stage.runPods();
        endAll("Succeeded");
        assertThat(job().status().whole("succeeded", 0)).isEqualTo(3);
        assertThat(holds()).isEqualTo("SuccessCriteriaMet,Complete");
        assertThat(job().status().text("completionTime")).isNotEmpty();
        assertThat(stage.pods()).allMatch(p -> p.finalizers().isEmpty());
        assertThat(stage.events()).contains("Completed: Job completed");
    }

    @Test
    void failsAtItsBackOffLimitWithExponentialBackOff() {
        create("backoffLimit", 1);
        endAll("Failed");
        assertThat(stage.pods()).hasSize(1);
        stage.pass(Duration.ofSeconds(11));
        stage.runPods();
        assertThat(stage.pods()).hasSize(2);
        endAll("Failed");
        stage.settle();
        assertThat(holds()).isEqualTo("FailureTarget,Failed");
        assertThat(job().status().whole("failed", 0)).isEqualTo(2);
        assertThat(Conditions.find(job().status().seq("conditions"), "Failed").orElseThrow().text("reason"))
                .isEqualTo("BackoffLimitExceeded");
    }

    @Test
    void whatIsTakenBackHasNotFailed() {
        create("completions", 4, "parallelism", 4, "backoffLimit", 0);
        change(2, "parallelism");
        stage.runPods();
        assertThat(stage.pods()).hasSize(2);
        change(true, "suspend");
        stage.runPods();
        assertThat(stage.pods()).isEmpty();
        assertThat(job().status().whole("failed", 0)).isZero();
        assertThat(holds()).isEqualTo("Suspended");
        change(false, "suspend");
        stage.runPods();
        assertThat(stage.pods()).hasSize(2);
    }

    @Test
    void aSmallerIndexedJobKeepsTheIndexesItStillHas() {
        create("completions", 5, "parallelism", 5, "completionMode", "Indexed");
        stage.api.update(BuiltinResources.JOBS, job().with(3, "spec", "completions").with(3, "spec", "parallelism"),
                WriteOptions.PLAIN);
        stage.runPods();
        assertThat(stage.pods().stream().map(JobSpec::index)).containsExactlyInAnyOrder(0L, 1L, 2L);
    }

    private void change(Object value, String field) {
        stage.api.update(BuiltinResources.JOBS, job().with(value, "spec", field), WriteOptions.PLAIN);
        stage.settle();
    }

    @Test
    void releasesFinishedPodsWhileTheNamespaceRefusesNewOnes() {
        create("completions", 2, "parallelism", 2);
        stage.end(stage.pods().getFirst().key(), "Failed");
        stage.api.refuse("create", BuiltinResources.PODS,
                new ApiFault(403, "Forbidden", "it is being terminated", Struct.of(
                        "causes", Seq.of(Struct.of("reason", "NamespaceTerminating")))));
        stage.pass(Duration.ofSeconds(11));
        assertThat(stage.pods().stream().filter(p -> p.status().text("phase").equals("Failed")))
                .hasSize(1).allMatch(p -> p.finalizers().isEmpty());
    }

    private void endIndex(long index, String phase) {
        stage.pods().stream().filter(p -> JobSpec.index(p) == index && p.status().text("phase").equals("Running"))
                .forEach(p -> stage.end(p.key(), phase));
        stage.pass(Duration.ofMinutes(1));
        stage.runPods();
    }

    @Test
    void anIndexFailsAtItsOwnLimit() {
        create("completions", 2, "parallelism", 2, "completionMode", "Indexed", "backoffLimitPerIndex", 1,
                "backoffLimit", 1_000);
        endIndex(0, "Failed");
        assertThat(stage.pods()).hasSize(3);
        assertThat(stage.pods().stream().filter(p -> JobSpec.index(p) == 0)
                .map(p -> p.annotations().get(IndexFailures.COUNT))).containsExactlyInAnyOrder("0", "1");
        endIndex(0, "Failed");
        assertThat(stage.pods()).hasSize(3);
        assertThat(job().status().text("failedIndexes")).isEqualTo("0");
        assertThat(holds()).isEmpty();
        endIndex(1, "Succeeded");
        assertThat(holds()).isEqualTo("FailureTarget,Failed");
        assertThat(reason()).isEqualTo("FailedIndexes");
        assertThat(stage.pods()).allMatch(p -> p.finalizers().isEmpty());
    }

    /// A node that comes back may still tell of another pod's end.
    @Test
    void anIndexThatHasSucceededDoesNotFail() {
        create("completions", 2, "parallelism", 2, "completionMode", "Indexed", "backoffLimitPerIndex", 0,
                "backoffLimit", 1_000);
        Obj pod = stage.pods().stream().filter(p -> JobSpec.index(p) == 0).findFirst().orElseThrow();
        endIndex(0, "Succeeded");
        stage.api.seed(BuiltinResources.PODS, pod.with("other", "metadata", "name").with("other", "metadata", "uid")
                .with("Failed", "status", "phase"));
        stage.pass(Duration.ofMinutes(1));
        assertThat(job().status().whole("failed", 0)).isEqualTo(1);
        assertThat(job().status().text("completedIndexes")).isEqualTo("0");
        assertThat(job().status().text("failedIndexes")).isEmpty();
    }

    private String reason() {
        return Conditions.find(job().status().seq("conditions"), "Failed").orElseThrow().text("reason");
    }

    @Test
    void tooManyFailedIndexesFailTheJob() {
        create("completions", 3, "parallelism", 3, "completionMode", "Indexed", "backoffLimitPerIndex", 0,
                "maxFailedIndexes", 1, "backoffLimit", 1_000);
        endIndex(0, "Failed");
        assertThat(holds()).isEmpty();
        endIndex(1, "Failed");
        stage.runPods();
        assertThat(reason()).isEqualTo("MaxFailedIndexesExceeded");
        assertThat(job().status().text("failedIndexes")).startsWith("0");
    }

    @Test
    void tooManyFailedIndexesCountBeforeTheSuccessPolicy() {
        create("completions", 2, "parallelism", 2, "completionMode", "Indexed", "backoffLimitPerIndex", 0,
                "maxFailedIndexes", 0, "backoffLimit", 1_000, "successPolicy",
                Struct.of("rules", Seq.of(Struct.of("succeededIndexes", "1"))));
        stage.pods().forEach(p -> stage.end(p.key(), JobSpec.index(p) == 0 ? "Failed" : "Succeeded"));
        stage.settle();
        stage.runPods();
        assertThat(reason()).isEqualTo("MaxFailedIndexesExceeded");
    }

    @Test
    void aRuleMayFailAnIndexImmediately() {
        Struct rule = Struct.of("action", "FailIndex", "onPodConditions",
                Seq.of(Struct.of("type", "Broken", "status", "True")));
        create("completions", 2, "parallelism", 2, "completionMode", "Indexed", "backoffLimitPerIndex", 5,
                "backoffLimit", 1_000, "podFailurePolicy", Struct.of("rules", Seq.of(rule)));
        Obj pod = stage.pods().stream().filter(p -> JobSpec.index(p) == 1).findFirst().orElseThrow();
        stage.api.seed(BuiltinResources.PODS, pod.with(Struct.of("phase", "Failed", "conditions",
                Seq.of(Struct.of("type", "Broken", "status", "True"))), "status"));
        stage.pass(Duration.ofMinutes(1));
        assertThat(stage.pods()).hasSize(2);
        assertThat(job().status().text("failedIndexes")).isEqualTo("1");
    }

    @Test
    void aSuccessPolicyCompletesTheJobEarly() {
        create("completions", 3, "parallelism", 3, "completionMode", "Indexed", "successPolicy",
                Struct.of("rules", Seq.of(Struct.of("succeededIndexes", "1-2", "succeededCount", 1))));
        endIndex(0, "Succeeded");
        assertThat(holds()).isEmpty();
        endIndex(2, "Succeeded");
        stage.runPods();
        assertThat(holds()).isEqualTo("SuccessCriteriaMet,Complete");
        assertThat(Conditions.find(job().status().seq("conditions"), "SuccessCriteriaMet").orElseThrow()
                .text("reason")).isEqualTo("SuccessPolicy");
    }

    @Test
    void givesEachPodOfAnIndexedJobItsIndex() {
        create("completions", 3, "parallelism", 3, "completionMode", "Indexed");
        assertThat(stage.pods().stream().map(p -> p.annotations().get(JobSpec.INDEX))).containsExactlyInAnyOrder("0",
                "1", "2");
        Obj second = stage.pods().stream().filter(p -> JobSpec.index(p) == 1).findFirst().orElseThrow();
        assertThat(second.spec().text("hostname")).isEqualTo("job-1");
        assertThat(second.spec().seq("containers").struct(0).seq("env").find("name", "JOB_COMPLETION_INDEX").isEmpty())
                .isFalse();
        endAll("Succeeded");
        assertThat(job().status().text("completedIndexes")).isEqualTo("0-2");
        assertThat(holds()).contains("Complete");
    }

    @Test
    void countsEachPodOnceEvenIfItIsDeleted() {
        create("completions", 2, "parallelism", 1);
        endAll("Succeeded");
        Key first = stage.pods().stream().filter(p -> p.status().text("phase").equals("Succeeded")).findFirst()
                .orElseThrow().key();
        stage.api.delete(BuiltinResources.PODS, first, DeleteOptions.NOW);
        stage.settle();
        assertThat(job().status().whole("succeeded", 0)).isEqualTo(1);
        stage.runPods();
        endAll("Succeeded");
        assertThat(holds()).contains("Complete");
    }

    @Test
    void stopsItsPodsWhileSuspended() {
        create("suspend", true);
        assertThat(stage.pods()).isEmpty();
        assertThat(holds()).isEqualTo("Suspended");
        stage.api.update(BuiltinResources.JOBS, job().with(false, "spec", "suspend"), WriteOptions.PLAIN);
        stage.settle();
        assertThat(stage.pods()).hasSize(1);
        assertThat(holds()).isEmpty();
    }

    @Test
    void failsImmediatelyByThePodFailurePolicy() {
        create("podFailurePolicy", Struct.of("rules", Seq.of(Struct.of("action", "FailJob", "onExitCodes",
                Struct.of("operator", "In", "values", Seq.of(42))))));
        Obj pod = stage.pods().getFirst();
        stage.api.seed(BuiltinResources.PODS,
                pod.with(Struct.of("phase", "Failed", "containerStatuses", Seq.of(Struct.of("name",
                        "main", "state", Struct.of("terminated", Struct.of("exitCode", 42))))), "status"));
        stage.settle();
        assertThat(holds()).isEqualTo("FailureTarget,Failed");
        assertThat(Conditions.find(job().status().seq("conditions"), "Failed").orElseThrow().text("reason"))
                .isEqualTo("PodFailurePolicy");
        assertThat(stage.events()).contains("PodFailurePolicy: Container main for pod default/" + pod.name()
                + " failed with exit code 42 matching FailJob rule at index 0");
    }

    @Test
    void tellsTheConditionThatFailsAJob() {
        create("podFailurePolicy", Struct.of("rules", Seq.of(Struct.of("action", "FailJob", "onPodConditions",
                Seq.of(Struct.of("type", "ConfigIssue", "status", "True"))))));
        Obj pod = stage.pods().getFirst();
        stage.api.seed(BuiltinResources.PODS, pod.with(Struct.of("phase", "Failed", "conditions",
                Seq.of(Struct.of("type", "ConfigIssue", "status", "True"))), "status"));
        stage.settle();
        assertThat(Conditions.find(job().status().seq("conditions"), "Failed").orElseThrow().text("message"))
                .isEqualTo("Pod default/" + pod.name()
                        + " has condition ConfigIssue matching FailJob rule at index 0");
    }

    @Test
    void restartsOfInitContainersCountAsTheOthers() {
        create("backoffLimit", 1, "template", Stage.template("job", "i").withAt("OnFailure", "spec",
                "restartPolicy"));
        Obj pod = stage.pods().getFirst();
        stage.api.seed(BuiltinResources.PODS, pod.with(Seq.of(Struct.of("name", "init", "restartCount", 1)), "status",
                "initContainerStatuses"));
        stage.settle();
        assertThat(holds()).contains("FailureTarget");
    }

    @Test
    void releasesThePodsOfADeletedJob() {
        create();
        stage.api.vanish(BuiltinResources.JOBS, new Key("default", "job"));
        stage.settle();
        assertThat(stage.pods()).allMatch(p -> p.finalizers().isEmpty());
    }

    /// `kubectl delete --cascade=orphan`: the garbage collector takes the references away, one pod after the other.
    @Test
    void releasesThePodsThatADeletedJobLeavesBehind() {
        create("completions", 2, "parallelism", 2);
        stage.api.seed(BuiltinResources.JOBS, job().with(Seq.of("orphan"), "metadata", "finalizers")
                .with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp"));
        stage.pods().forEach(p -> stage.api.update(BuiltinResources.PODS, p.without("metadata", "ownerReferences"),
                WriteOptions.PLAIN));
        stage.settle();
        assertThat(stage.pods()).hasSize(2).allMatch(p -> p.finalizers().isEmpty() && p.controller().isEmpty());
    }

    @Test
    void releasesAPodThatItNoLongerSelects() {
        create();
        Obj pod = stage.pods().getFirst();
        stage.api.update(BuiltinResources.PODS, pod.with("other", "metadata", "labels", "app"), WriteOptions.PLAIN);
        stage.settle();
        Obj left = stage.one(BuiltinResources.PODS, pod.name());
        assertThat(left.controller()).isEmpty();
        assertThat(left.finalizers()).isEmpty();
        assertThat(stage.api.calls().stream().filter(c -> c.endsWith("patch pods " + pod.key()))).hasSize(1);
    }

    @Test
    void aPodOfBeforeIsTakenOverAndCounted() {
        stage.api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "lost", "namespace", "default", "labels", Struct.of("app", "job")))),
                WriteOptions.PLAIN);
        create();
        assertThat(stage.pods()).singleElement().satisfies(p -> {
            assertThat(p.controller()).isPresent();
            assertThat(p.finalizers()).containsExactly(JobSpec.FINALIZER);
        });
        endAll("Succeeded");
        assertThat(holds()).contains("Complete");
        assertThat(stage.pods()).allMatch(p -> p.finalizers().isEmpty());
    }

    @Test
    void aPodThatCannotBeDeletedKeepsNoOtherFromItNorTheStatusFromBeingTold() {
        create("completions", 3, "parallelism", 3, "backoffLimit", 0);
        List<Obj> pods = stage.pods();
        for (int i = 0; i < 20; i++) {
            stage.api.refuse("delete", BuiltinResources.PODS, ApiFault.forbidden(BuiltinResources.PODS, "", "no"));
        }
        stage.end(pods.getFirst().key(), "Failed");
        stage.settle();
        assertThat(holds()).isEqualTo("FailureTarget");
        assertThat(job().status().whole("failed", 0)).isEqualTo(1);
        assertThat(stage.one(BuiltinResources.PODS, pods.getFirst().name()).finalizers()).isEmpty();
        assertThat(pods.subList(1, 3)).allSatisfy(p -> assertThat(stage.api.calls())
                .anyMatch(call -> call.endsWith("delete pods " + p.key())));
    }

    @Test
    void writesIndexesAsRanges() {
        JobSpec spec = new JobSpec(Obj.of(Struct.of("spec", Struct.of("completions", 7))));
        assertThat(JobSpec.text(spec.indexes("0,2-4,6,7"))).isEqualTo("0,2-4,6");
        assertThat(spec.indexes("0-2147483647")).hasSize(7);
        assertThat(spec.indexes("x")).isEmpty();
    }

    @Test
    void aRuleMayNameBillionsOfIndexes() {
        TreeSet<Long> succeeded = new TreeSet<>(List.of(1L, 3L, 4L));
        assertThat(met("0-9223372036854775807", 1, succeeded)).isFalse();
        assertThat(met("0-2147483647", 3, succeeded)).isTrue();
        assertThat(met("0,2-2147483647", 3, succeeded)).isFalse();
        assertThat(met("0,2-2147483647", 2, succeeded)).isTrue();
    }

    @Test
    void anUnreadableRuleIsNeverMet() {
        for (String text : List.of("x", "1-", "-1", "1-2-3", "3-1", "3,1", "1,,3", "1,", "1,1")) {
            assertThat(met(text, 0, new TreeSet<>(List.of(1L, 3L)))).as(text).isFalse();
        }
    }

    private static boolean met(String indexes, long count, TreeSet<Long> succeeded) {
        Struct rule = Struct.of("succeededIndexes", indexes, "succeededCount", count);
        return new JobSpec(Obj.of(Struct.of("spec", Struct.of("completions", 10, "successPolicy",
                Struct.of("rules", Seq.of(rule)))))).metRule(succeeded) == 0;
    }
}

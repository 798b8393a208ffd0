package io.k3j.controllersworkload;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Jobs that end, or are suspended, while pods of theirs go on.
class JobEndsTest {
    private static final String NAME = "job";
    private final Stage stage = new Stage(Jobs::add);

    private void create(String name, Object... spec) {
        Struct full = Struct.of("selector", Struct.of("matchLabels", Struct.of("app", "job")), "template",
                Stage.template("job", "i"), "completions", 2, "parallelism", 2, "backoffLimit", 6);
        for (int i = 0; i < spec.length; i += 2) {
            full = full.with((String) spec[i], spec[i + 1]);
        }
        stage.api.create(BuiltinResources.JOBS, Stage.workload("batch/v1", "Job", name, full), WriteOptions.PLAIN);
        stage.settle();
    }

    private Obj job() {
        return stage.one(BuiltinResources.JOBS, NAME);
    }

    private Struct condition(String type) {
        return Conditions.find(job().status().seq("conditions"), type).orElse(Struct.EMPTY);
    }

    private Obj pod(long index) {
        return stage.pods().stream().filter(p -> JobSpec.index(p) == index).findFirst().orElseThrow();
    }

    private void change(Object value, String field) {
        stage.api.update(BuiltinResources.JOBS, job().with(value, "spec", field), WriteOptions.PLAIN);
        stage.settle();
    }

    @Test
    void whatASuccessPolicyTakesBackHasNotFailed() {
        create(NAME, "completionMode", "Indexed", "successPolicy",
                Struct.of("rules", Seq.of(Struct.of("succeededIndexes", "0"))));
        stage.runPods();
        stage.end(pod(0).key(), "Succeeded");
        stage.settle();
        assertThat(pod(1).terminating()).isTrue();
        assertThat(pod(1).finalizers()).isEmpty();
        assertThat(condition("SuccessCriteriaMet").text("status")).isEqualTo("True");
        assertThat(condition("Complete").isEmpty()).isTrue();
        stage.runPods();
        assertThat(condition("Complete").text("status")).isEqualTo("True");
        assertThat(job().status().whole("failed", 0)).isZero();
        assertThat(job().status().whole("succeeded", 0)).isEqualTo(1);
    }

    @Test
    void whatAFailedJobTakesBackHasFailedAlsoWhereNobodySaysSo() {
        create(NAME, "backoffLimit", 0, "podReplacementPolicy", "Failed");
        Obj first = stage.pods().getFirst();
        stage.run(first.key());
        stage.end(first.key(), "Failed");
        stage.settle();
        assertThat(stage.pods()).allMatch(p -> p.finalizers().isEmpty());
        stage.runPods();
        assertThat(condition("Failed").text("reason")).isEqualTo("BackoffLimitExceeded");
        assertThat(job().status().whole("failed", 0)).isEqualTo(2);
    }

    @Test
    void aJobThatGoesReleasesItsPods() {
        create(NAME, "podReplacementPolicy", "Failed");
        stage.api.seed(BuiltinResources.JOBS, job().with(Seq.of("foregroundDeletion"), "metadata", "finalizers")
                .with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp"));
        stage.settle();
        assertThat(stage.pods()).hasSize(2).allMatch(p -> p.finalizers().isEmpty());
    }

    @Test
    void whatACompletedJobHasTooManyOfHasNotFailed() {
        create(NAME, "completions", 3);
        stage.run(stage.pods().getFirst().key());
        stage.end(stage.pods().getFirst().key(), "Succeeded");
        stage.settle();
        stage.api.seed(BuiltinResources.JOBS, job().with(1, "spec", "completions"));
        stage.settle();
        stage.runPods();
        assertThat(condition("Complete").text("reason")).isEqualTo("CompletionsReached");
        assertThat(job().status().whole("failed", 0)).isZero();
    }

    @Test
    void tellsOfTooManyThatHaveSucceeded() {
        create(NAME);
        stage.runPods();
        stage.pods().forEach(p -> stage.end(p.key(), "Succeeded"));
        stage.api.seed(BuiltinResources.JOBS, job().with(1, "spec", "completions"));
        stage.settle();
        assertThat(stage.events()).contains(
                "TooManySucceededPods: Too many succeeded pods running after completion count reached",
                "Completed: Job completed");
    }

    @Test
    void aSuspendedJobThatHasAllCompletes() {
        create(NAME, "completions", 0, "suspend", true);
        assertThat(condition("Complete").text("status")).isEqualTo("True");
        assertThat(condition("Suspended").isEmpty()).isTrue();
        assertThat(stage.events()).noneMatch(e -> e.startsWith("Suspended"));
    }

    @Test
    void aDeadlineCountsFromWhenTheJobWasResumed() {
        create(NAME, "activeDeadlineSeconds", 60);
        assertThat(job().status().text("startTime")).isNotEmpty();
        change(true, "suspend");
        assertThat(job().status().has("startTime")).isFalse();
        assertThat(condition("Suspended").text("lastProbeTime")).isNotEmpty();
        stage.pass(Duration.ofMinutes(2));
        change(false, "suspend");
        assertThat(job().status().text("startTime")).isEqualTo("2026-01-01T12:02:00Z");
        stage.pass(Duration.ofSeconds(59));
        assertThat(condition("FailureTarget").isEmpty()).isTrue();
        stage.pass(Duration.ofSeconds(2));
        assertThat(condition("FailureTarget").text("reason")).isEqualTo("DeadlineExceeded");
    }

    @Test
    void theIndexStaysInLongNames() {
        String name = "j".repeat(63);
        create(name, "completionMode", "Indexed");
        assertThat(stage.pods()).allSatisfy(p -> assertThat(p.metadata().text("generateName"))
                .isEqualTo("j".repeat(55) + "-" + JobSpec.index(p) + "-"));
    }

    @Test
    void aPodEndedWhenItsLastContainerDid() {
        Obj pod = Obj.of(Struct.of("metadata", Struct.of("creationTimestamp", "2026-01-01T00:00:00Z"), "spec",
                Struct.of("initContainers", Seq.of(Struct.of("name", "side", "restartPolicy", "Always"))), "status",
                Struct.of("containerStatuses", Seq.of(ended("main", "2026-01-01T00:01:00Z")), "initContainerStatuses",
                        Seq.of(ended("first", "2026-01-01T00:09:00Z"), ended("side", "2026-01-01T00:02:00Z")))));
        assertThat(JobBackOff.endedAt(pod)).isEqualTo(Instant.parse("2026-01-01T00:02:00Z"));
        Obj going = pod.without("status").with("2026-01-01T00:05:00Z", "metadata", "deletionTimestamp").with(30,
                "metadata", "deletionGracePeriodSeconds");
        assertThat(JobBackOff.endedAt(going)).isEqualTo(Instant.parse("2026-01-01T00:04:30Z"));
        Obj lost = going.with(Struct.of("conditions", Seq.of(Struct.of("type", "Ready", "status", "False",
                "lastTransitionTime", "2026-01-01T00:03:00Z"))), "status");
        assertThat(JobBackOff.endedAt(lost)).isEqualTo(Instant.parse("2026-01-01T00:03:00Z"));
        assertThat(JobBackOff.after(20)).isEqualTo(Duration.ofMinutes(10));
    }

    private static Struct ended(String name, String at) {
        return Struct.of("name", name, "state", Struct.of("terminated", Struct.of("finishedAt", at)));
    }
}

package io.k3j.controllersworkload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apimachinery.CronSchedule;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class CronJobsTest {
    private final Stage stage = new Stage(CronJobs::add);

    private void create(String policy) {
        stage.api.create(BuiltinResources.CRON_JOBS, Stage.workload("batch/v1", "CronJob", "tick", Struct.of("schedule",
                "*/5 * * * *", "concurrencyPolicy", policy, "successfulJobsHistoryLimit", 1, "jobTemplate",
                Struct.of("spec", Struct.of("template", Stage.template("t", "i"))))), WriteOptions.PLAIN);
    }

    private void complete() {
        for (Obj job : stage.all(BuiltinResources.JOBS)) {
            String end = stage.clock.instant().toString();
            stage.api.seed(BuiltinResources.JOBS,
                    job.with(Struct.of("completionTime", end, "startTime", end, "conditions",
                            Seq.of(Struct.of("type", "Complete", "status", "True"))), "status"));
        }
        stage.settle();
    }

    private Struct status() {
        return stage.one(BuiltinResources.CRON_JOBS, "tick").status();
    }

    @Test
    void createsAJobAtItsScheduledTime() {
        create("Allow");
        stage.pass(Duration.ofMinutes(4));
        assertThat(stage.all(BuiltinResources.JOBS)).isEmpty();
        stage.pass(Duration.ofSeconds(61));
        Obj job = stage.all(BuiltinResources.JOBS).getFirst();
        assertThat(job.name()).isEqualTo("tick-" + Instant.parse("2026-01-01T12:05:00Z").getEpochSecond() / 60);
        assertThat(status().seq("active").size()).isEqualTo(1);
        assertThat(status().text("lastScheduleTime")).isEqualTo("2026-01-01T12:05:00Z");
        assertThat(stage.events()).contains("SuccessfulCreate: Created job " + job.name());
    }

    @Test
    void deletesFinishedJobsBeyondTheHistoryLimit() {
        create("Allow");
        for (int i = 0; i < 3; i++) {
            stage.pass(Duration.ofSeconds(301));
            complete();
        }
        assertThat(stage.all(BuiltinResources.JOBS)).hasSize(1);
        assertThat(status().seq("active").isEmpty()).isTrue();
        assertThat(status().text("lastSuccessfulTime")).isNotEmpty();
    }

    @Test
    void forbidsOrReplacesARunningJob() {
        create("Forbid");
        stage.pass(Duration.ofSeconds(301));
        stage.pass(Duration.ofSeconds(301));
        assertThat(stage.all(BuiltinResources.JOBS)).hasSize(1);
        stage.api.update(BuiltinResources.CRON_JOBS,
                stage.one(BuiltinResources.CRON_JOBS, "tick").with("Replace", "spec",
                        "concurrencyPolicy"),
                WriteOptions.PLAIN);
        String before = stage.all(BuiltinResources.JOBS).getFirst().name();
        stage.pass(Duration.ofSeconds(301));
        assertThat(stage.all(BuiltinResources.JOBS)).hasSize(1).noneMatch(j -> j.name().equals(before));
    }

    @Test
    void tellsOfAnActiveJobThatWentMissing() {
        create("Forbid");
        stage.pass(Duration.ofSeconds(301));
        String name = stage.all(BuiltinResources.JOBS).getFirst().name();
        stage.api.vanish(BuiltinResources.JOBS, new Key("default", name));
        stage.settle();
        assertThat(status().seq("active").isEmpty()).isTrue();
        assertThat(stage.events()).contains("MissingJob: Active job went missing: " + name);
    }

    @Test
    void keepsAnActiveJobThatIsThereAlthoughNobodysAnyMore() {
        create("Forbid");
        stage.pass(Duration.ofSeconds(301));
        Obj job = stage.all(BuiltinResources.JOBS).getFirst();
        stage.api.update(BuiltinResources.JOBS, job.without("metadata", "ownerReferences"), WriteOptions.PLAIN);
        stage.settle();
        assertThat(status().seq("active").size()).isEqualTo(1);
        assertThat(stage.events()).noneMatch(e -> e.startsWith("MissingJob"));
    }

    @Test
    void tellsOfAJobThatItDidNotCreateAndOfNoOther() {
        create("Allow");
        stage.pass(Duration.ofSeconds(301));
        Obj cron = stage.one(BuiltinResources.CRON_JOBS, "tick");
        assertThat(stage.events()).noneMatch(e -> e.startsWith("UnexpectedJob"));
        stage.api.create(BuiltinResources.JOBS, Stage.workload("batch/v1", "Job", "mine", Struct.EMPTY)
                .with(Seq.of(cron.ownerReference()), "metadata", "ownerReferences"), WriteOptions.PLAIN);
        stage.settle();
        assertThat(status().seq("active").size()).isEqualTo(1);
        assertThat(stage.events().stream().filter(e -> e.startsWith("UnexpectedJob"))).containsExactly(
                "UnexpectedJob: Saw a job that the controller did not create or forgot: mine");
    }

    @Test
    void aJobOfSomebodyElseNeitherKeepsARunFromBeginningNorIsReplaced() {
        for (String policy : List.of("Forbid", "Replace")) {
            create(policy);
            Obj cron = stage.one(BuiltinResources.CRON_JOBS, "tick");
            stage.api.create(BuiltinResources.JOBS, Stage.workload("batch/v1", "Job", "mine", Struct.EMPTY)
                    .with(Seq.of(cron.ownerReference()), "metadata", "ownerReferences"), WriteOptions.PLAIN);
            stage.pass(Duration.ofSeconds(301));
            assertThat(stage.all(BuiltinResources.JOBS)).as(policy).hasSize(2).anyMatch(j -> j.name().equals("mine"));
            stage.all(BuiltinResources.JOBS).forEach(j -> stage.api.vanish(BuiltinResources.JOBS, j.key()));
            stage.api.vanish(BuiltinResources.CRON_JOBS, cron.key());
            stage.settle();
        }
    }

    @Test
    void aScheduleWithoutAZoneIsOfTheMachines() {
        Stage berlin = new Stage(context -> CronJobs.add(context, ZoneId.of("Europe/Berlin")));
        berlin.api.create(BuiltinResources.CRON_JOBS, Stage.workload("batch/v1", "CronJob", "night", Struct.of(
                "schedule", "0 14 * * *", "jobTemplate", Struct.of("spec", Struct.of("template",
                        Stage.template("t", "i"))))),
                WriteOptions.PLAIN);
        berlin.pass(Duration.ofMinutes(59));
        assertThat(berlin.all(BuiltinResources.JOBS)).isEmpty();
        berlin.pass(Duration.ofMinutes(2));
        assertThat(berlin.all(BuiltinResources.JOBS)).as("13:00 of UTC").singleElement()
                .satisfies(job -> assertThat(job.annotations()).containsEntry(
                        "batch.kubernetes.io/cronjob-scheduled-timestamp", "2026-01-01T13:00:00Z"));
    }

    @Test
    void theTimeOfAJobIsToldInTheZoneOfItsCronJob() {
        create("Allow");
        stage.api.update(BuiltinResources.CRON_JOBS,
                stage.one(BuiltinResources.CRON_JOBS, "tick").with("Asia/Tokyo", "spec", "timeZone"),
                WriteOptions.PLAIN);
        stage.pass(Duration.ofSeconds(301));
        assertThat(stage.all(BuiltinResources.JOBS).getFirst().annotations())
                .containsEntry("batch.kubernetes.io/cronjob-scheduled-timestamp", "2026-01-01T21:05:00+09:00");
    }

    private void change(Object value, String field) {
        stage.api.update(BuiltinResources.CRON_JOBS, stage.one(BuiltinResources.CRON_JOBS, "tick").with(value, "spec",
                field), WriteOptions.PLAIN);
        stage.settle();
    }

    @Test
    void anotherScheduleBeginsWithItsNextRun() {
        create("Allow");
        change("0 0 * * *", "schedule");
        stage.pass(Duration.ofMinutes(7));
        change("*/5 * * * *", "schedule");
        assertThat(stage.all(BuiltinResources.JOBS)).isEmpty();
        stage.pass(Duration.ofSeconds(181));
        assertThat(status().text("lastScheduleTime")).isEqualTo("2026-01-01T12:10:00Z");
    }

    @Test
    void tellsWhatIsWrongWithASchedule() {
        create("Allow");
        change("59 23 31 2 *", "schedule");
        change("Nowhere/Land", "timeZone");
        assertThat(stage.events()).contains("InvalidSchedule: invalid schedule: 59 23 31 2 * : time difference between"
                + " two schedules is less than 1 second",
                "UnknownTimeZone: invalid timeZone: \"Nowhere/Land\": unknown time zone Nowhere/Land");
    }

    @Test
    void aJobOfThatNameOfSomebodyElseIsNoFault() {
        create("Allow");
        String name = "tick-" + Instant.parse("2026-01-01T12:05:00Z").getEpochSecond() / 60;
        stage.api.create(BuiltinResources.JOBS, Stage.workload("batch/v1", "Job", name, Struct.EMPTY),
                WriteOptions.PLAIN);
        stage.pass(Duration.ofSeconds(301));
        assertThat(status().has("lastScheduleTime")).isFalse();
        assertThat(stage.events()).noneMatch(e -> e.startsWith("FailedCreate"));
        stage.pass(Duration.ofSeconds(300));
        assertThat(status().text("lastScheduleTime")).isEqualTo("2026-01-01T12:10:00Z");
    }

    @Test
    void tellsWhyAnOldJobCannotBeDeleted() {
        create("Allow");
        stage.pass(Duration.ofSeconds(301));
        complete();
        stage.pass(Duration.ofSeconds(300));
        stage.api.refuse("delete", BuiltinResources.JOBS, ApiFault.forbidden(BuiltinResources.JOBS, "", "no"));
        complete();
        assertThat(stage.events()).anyMatch(e -> e.startsWith("FailedDelete: Deleted job: "));
        assertThat(status().text("lastSuccessfulTime")).isEqualTo("2026-01-01T12:10:01Z");
    }

    @Test
    void parsesSchedules() {
        assertThat(next("0 9 * * mon-fri", "2026-01-02T10:00:00Z")).isEqualTo("2026-01-05T09:00:00Z");
        assertThat(next("@daily", "2026-01-02T10:00:00Z")).isEqualTo("2026-01-03T00:00:00Z");
        assertThat(next("30 1 29 feb *", "2026-01-02T10:00:00Z")).isEqualTo("2028-02-29T01:30:00Z");
        assertThat(next("0 0 13 * 5", "2026-01-02T10:00:00Z")).isEqualTo("2026-01-09T00:00:00Z");
        assertThat(next("10-30/10 2 * * 0", "2026-01-02T10:00:00Z")).isEqualTo("2026-01-04T02:10:00Z");
        assertThat(CronSchedule.parse("0 9 * * *", ZoneId.of("Europe/Berlin"))
                .after(Instant.parse("2026-07-01T00:00:00Z")))
                .contains(Instant.parse("2026-07-01T07:00:00Z"));
        assertThatThrownBy(() -> next("61 * * * *", "2026-01-02T10:00:00Z")).hasMessageContaining("above maximum (59)");
        assertThatThrownBy(() -> next("* * *", "2026-01-02T10:00:00Z")).hasMessageContaining("5 fields");
    }

    private static String next(String schedule, String from) {
        return CronSchedule.parse(schedule, ZoneOffset.UTC).after(Instant.parse(from)).orElseThrow().toString();
    }
}

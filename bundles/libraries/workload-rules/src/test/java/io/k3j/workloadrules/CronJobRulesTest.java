package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CronJobRulesTest {
    private final Kit kit = new Kit();

    record Case(String spec, List<String> expected) {
        static Case of(String spec, String... expected) {
            return new Case(spec, Arrays.asList(expected));
        }
    }

    private Struct job(String name, String more, String job) {
        return kit.created("""
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: %s, namespace: d}
                spec: {%s, jobTemplate: {spec: {%s template: {spec: {restartPolicy: Never, containers: [{name: c,
                  image: x}]}}}}}
                """.formatted(name, more, job));
    }

    private Struct job(String more) {
        return job("c", more, "");
    }

    private List<String> problems(Struct before, Struct after) {
        boolean created = before.isEmpty();
        Write write = kit.write(created ? Operation.CREATE : Operation.UPDATE, after,
                created ? Optional.empty() : Optional.of(before), "");
        return kit.hooks(after).problems(write, after).stream().map(FieldProblem::toString).toList();
    }

    static Stream<Case> zones() {
        String inside = "schedule: Invalid value: \"TZ=UTC 0 0 * * *\": cannot use TZ or CRON_TZ in schedule, use"
                + " timeZone field instead";
        return Stream.of(Case.of("schedule: '0 0 * * *', timeZone: Europe/Vienna"),
                Case.of("schedule: '0 0 * * *', timeZone: ''",
                        "timeZone: Invalid value: \"\": timeZone must be nil or non-empty string"),
                Case.of("schedule: '0 0 * * *', timeZone: local", "timeZone: Invalid value: \"local\": timeZone must be"
                        + " an explicit time zone as defined in https://www.iana.org/time-zones"),
                Case.of("schedule: '0 0 * * *', timeZone: Here/There",
                        "timeZone: Invalid value: \"Here/There\": unknown time zone Here/There"),
                Case.of("schedule: 'TZ=UTC 0 0 * * *', timeZone: UTC", inside));
    }

    @ParameterizedTest
    @MethodSource("zones")
    void eachZoneIsRefusedInUpstreamsWords(Case c) {
        assertThat(problems(Struct.EMPTY, job(c.spec)))
                .containsExactlyElementsOf(c.expected.stream().map(e -> "spec." + e).toList());
    }

    @Test
    void aZoneThatWasTakenStays() {
        Struct gone = job("schedule: '0 0 * * *', timeZone: Here/There");
        assertThat(problems(gone, gone.withAt(true, "spec", "suspend"))).isEmpty();
        Struct inside = job("schedule: 'TZ=UTC 0 0 * * *'");
        assertThat(problems(inside, inside.withAt("CRON_TZ=UTC 1 0 * * *", "spec", "schedule"))).isEmpty();
        assertThat(problems(inside, inside.withAt("UTC", "spec", "timeZone"))).singleElement().asString()
                .endsWith("cannot use both timeZone field and TZ or CRON_TZ in schedule");
        assertThat(problems(job("schedule: '0 0 * * *'"), inside)).singleElement().asString()
                .endsWith("cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
    }

    @Test
    void theNameOfANewOneHasRoomForTheTime() {
        String name = "c".repeat(53);
        Struct job = job(name, "schedule: '0 0 * * *'", "");
        assertThat(problems(Struct.EMPTY, job)).containsExactly(
                "metadata.name: Invalid value: \"" + name + "\": must be no more than 52 characters");
        assertThat(problems(job, job.withAt(true, "spec", "suspend"))).isEmpty();
    }

    @Test
    void eachJobGetsASelectorOfItsOwn() {
        Struct job = job("c", "schedule: '0 0 * * *'", "manualSelector: true, selector: {matchLabels: {a: b}},");
        assertThat(problems(Struct.EMPTY, job)).containsExactly(
                "spec.jobTemplate.spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"b\"}}: `selector` will be"
                        + " auto-generated",
                "spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: \"nil\", \"false\"");
        Struct plain = job("c", "schedule: '0 0 * * *'", "manualSelector: false,");
        assertThat(problems(Struct.EMPTY, plain)).isEmpty();
        assertThat(problems(plain, job)).hasSize(2);
        assertThat(problems(job, job.withAt(true, "spec", "suspend"))).isEmpty();
    }

    @Test
    void aZoneInAStoredScheduleIsWarnedOf() {
        Struct job = job("schedule: 'TZ=UTC 0 0 * * *'");
        Write write = kit.write(Operation.UPDATE, job, Optional.of(job), "");
        assertThat(kit.hooks(job).rules().warnings(write, job)).containsExactly("cannot use TZ or CRON_TZ in"
                + " spec.spec.schedule, use timeZone instead, see"
                + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details");
    }
}

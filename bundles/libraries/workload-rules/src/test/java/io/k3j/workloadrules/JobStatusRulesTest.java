package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JobStatusRulesTest {
    private static final Struct SPEC = Struct.of("completionMode", "Indexed", "completions", 5L, "parallelism", 2L,
            "backoffLimitPerIndex", 1L);
    private static final String START = "2024-01-01T00:00:00Z";
    private static final String END = "2024-01-01T00:01:00Z";
    private static final Struct RUNNING = Struct.of("active", 1L, "ready", 1L, "startTime", START);
    private static final Struct COMPLETE = Struct.of("startTime", START, "completionTime", END, "succeeded", 5L,
            "conditions", conditions("SuccessCriteriaMet", "Complete"));
    private static final Struct FAILED = Struct.of("startTime", START, "failed", 1L, "conditions",
            conditions("FailureTarget", "Failed"));

    record Case(Struct before, Struct after, List<String> expected) {
        static Case of(Struct before, Struct after, String... expected) {
            return new Case(before, after, Arrays.asList(expected));
        }
    }

    private static Seq conditions(String... types) {
        return Seq.copyOf(Stream.of(types).map(type -> Struct.of("type", type, "status", "True")).toList());
    }

    private static List<String> found(Struct spec, Struct before, Struct after) {
        Problems p = Problems.none();
        JobStatusRules.check(Struct.of("spec", spec, "status", before), Struct.of("spec", spec, "status", after),
                p.at("status"));
        return p.found().stream().map(Object::toString).toList();
    }

    private static String told(String why) {
        return "conditions: Invalid value: " + why;
    }

    static Stream<Case> counters() {
        return Stream.of(Case.of(Struct.EMPTY, RUNNING), Case.of(RUNNING, COMPLETE), Case.of(RUNNING, FAILED),
                Case.of(RUNNING, RUNNING.with("failed", -1L),
                        "failed: Invalid value: -1: must be greater than or equal to 0",
                        "failed: Invalid value: -1: cannot decrease the failed counter"),
                Case.of(RUNNING, RUNNING.with("ready", 2L),
                        "ready: Invalid value: 2: cannot set more ready pods than active"),
                Case.of(RUNNING.with("succeeded", 2L), RUNNING.with("succeeded", 1L),
                        "succeeded: Invalid value: 1: cannot decrease the succeeded counter"),
                Case.of(RUNNING, RUNNING.with("uncountedTerminatedPods",
                        Struct.of("succeeded", Seq.of("a", "", "a"), "failed", Seq.of("a"))),
                        "uncountedTerminatedPods.succeeded[1]: Invalid value: \"\": must not be empty",
                        "uncountedTerminatedPods.succeeded[2]: Duplicate value: \"a\"",
                        "uncountedTerminatedPods.failed[0]: Duplicate value: \"a\""));
    }

    static Stream<Case> ends() {
        return Stream.of(
                Case.of(RUNNING, FAILED.with("conditions", conditions("Failed")),
                        told("cannot set Failed=True condition without the FailureTarget=true condition")),
                Case.of(RUNNING, COMPLETE.with("conditions", conditions("Complete")),
                        told("cannot set Complete=True condition without the SuccessCriteriaMet=true condition")),
                Case.of(RUNNING, COMPLETE.with("conditions", conditions("Complete", "SuccessCriteriaMet", "Failed",
                        "FailureTarget")), told("cannot set Complete=True and Failed=true conditions"),
                        told("cannot set Complete=True and FailureTarget=true conditions"),
                        told("cannot set SuccessCriteriaMet=True and Failed=true conditions"),
                        told("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions")),
                Case.of(FAILED, FAILED.with("conditions", conditions("FailureTarget")),
                        told("cannot disable the terminal Failed=True condition")),
                Case.of(RUNNING.with("conditions", conditions("SuccessCriteriaMet")), RUNNING,
                        told("cannot disable the SuccessCriteriaMet=True condition")),
                Case.of(RUNNING, RUNNING.with("completionTime", END), "completionTime: Invalid value: \"" + END
                        + "\": cannot set completionTime when there is no Complete=True condition"),
                Case.of(RUNNING, COMPLETE.without("completionTime"),
                        "completionTime: Required value: completionTime is required for Complete jobs"),
                Case.of(RUNNING, COMPLETE.with("completionTime", "2023-01-01T00:00:00Z"), "completionTime: Invalid"
                        + " value: \"2023-01-01T00:00:00Z\": completionTime cannot be set before startTime"),
                Case.of(COMPLETE, COMPLETE.with("completionTime", "2024-01-01T00:02:00Z"), "completionTime: Invalid"
                        + " value: \"2024-01-01T00:02:00Z\": completionTime cannot be mutated"),
                Case.of(RUNNING, RUNNING.without("startTime"),
                        "startTime: Required value: startTime cannot be removed for unsuspended job"),
                Case.of(RUNNING.without("startTime"), FAILED.without("startTime"),
                        "startTime: Required value: startTime is required for finished job"),
                Case.of(RUNNING, FAILED.with("active", 1L).with("terminating", 1L),
                        "active: Invalid value: 1: active>0 is invalid for finished job",
                        "terminating: Invalid value: 1: terminating>0 is invalid for finished job"),
                Case.of(RUNNING, FAILED.with("uncountedTerminatedPods", Struct.of("failed", Seq.of("a"))),
                        "uncountedTerminatedPods: Invalid value: {\"failed\":[\"a\"]}: uncountedTerminatedPods needs to"
                                + " be empty for finished job"));
    }

    static Stream<Case> indexes() {
        return Stream.of(Case.of(RUNNING, RUNNING.with("completedIndexes", "0,2-3").with("failedIndexes", "1")),
                Case.of(RUNNING, RUNNING.with("completedIndexes", "5"), "completedIndexes: Invalid value: \"5\": error"
                        + " parsing completedIndexes: too large index: \"5\""),
                Case.of(RUNNING, RUNNING.with("failedIndexes", "x"), "failedIndexes: Invalid value: \"x\": error"
                        + " parsing failedIndexes: cannot convert string to integer for index: \"x\""),
                Case.of(RUNNING, RUNNING.with("completedIndexes", "0,2-3").with("failedIndexes", "1,3-4"),
                        "failedIndexes: Invalid value: \"1,3-4\": failedIndexes and completedIndexes overlap at index:"
                                + " 3"));
    }

    @ParameterizedTest
    @MethodSource({"counters", "ends", "indexes"})
    void eachIsRefusedInUpstreamsWords(Case c) {
        assertThat(found(SPEC, c.before, c.after))
                .containsExactlyElementsOf(c.expected.stream().map(e -> "status." + e).toList());
    }

    @Test
    void indexesAreThoseOfAJobThatCountsByThem() {
        Struct plain = Struct.of("completionMode", "NonIndexed", "completions", 5L);
        assertThat(found(plain, RUNNING, RUNNING.with("completedIndexes", "1").with("failedIndexes", "2")))
                .containsExactly(
                        "status.completedIndexes: Invalid value: \"1\": cannot set non-empty completedIndexes when"
                                + " non-indexed completion mode",
                        "status.failedIndexes: Invalid value: \"2\": cannot set non-null failedIndexes when"
                                + " backoffLimitPerIndex is null");
    }

    @Test
    void aJobThatIsMadeSmallerHasFewerSuccesses() {
        Struct elastic = SPEC.with("parallelism", 5L);
        assertThat(found(elastic, RUNNING.with("succeeded", 3L), RUNNING.with("succeeded", 2L))).isEmpty();
    }

    @Test
    void aSuspendedJobLosesItsBeginning() {
        assertThat(found(SPEC.with("suspend", true), RUNNING, Struct.of("conditions", conditions("Suspended"))))
                .isEmpty();
    }

    @Test
    void whatWasThereStays() {
        Struct odd = FAILED.with("active", 1L).with("conditions", conditions("Failed"));
        assertThat(found(SPEC, odd, odd.with("failed", 2L))).isEmpty();
    }
}

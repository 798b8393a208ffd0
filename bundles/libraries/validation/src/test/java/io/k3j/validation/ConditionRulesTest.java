package io.k3j.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionRulesTest {
    private static final Struct READY = Struct.of("type", "Ready", "status", "True", "reason", "AsExpected",
            "lastTransitionTime", "2026-01-01T00:00:00Z");

    private static List<String> problems(Struct... conditions) {
        Problems p = Problems.none();
        ConditionRules.check(Struct.of("conditions", Seq.of((Object[]) conditions)), p.at("status"));
        return p.found().stream().map(FieldProblem::toString).toList();
    }

    @Test
    void aConditionSaysWhatItIsSinceWhenAndWhy() {
        assertThat(problems(READY, READY.with("type", "a.b/Other").with("reason", "A_1,B:c"))).isEmpty();
        assertThat(problems(Struct.of("type", "T", "status", "true", "observedGeneration", -1L))).containsExactly(
                "status.conditions[0].status: Unsupported value: \"true\": supported values: \"False\", \"True\","
                        + " \"Unknown\"",
                "status.conditions[0].observedGeneration: Invalid value: -1: must be greater than or equal to zero",
                "status.conditions[0].lastTransitionTime: Required value",
                "status.conditions[0].reason: Required value");
        assertThat(problems(READY, READY)).containsExactly("status.conditions[1].type: Duplicate value: \"Ready\"");
        assertThat(problems(READY.with("type", "!"))).singleElement().asString()
                .startsWith("status.conditions[0].type: Invalid value: \"!\": name part must consist of");
        for (String reason : List.of("1", "a b", "a:", "a,", "-")) {
            assertThat(problems(READY.with("reason", reason))).as(reason).singleElement().asString()
                    .startsWith("status.conditions[0].reason: Invalid value: \"" + reason + "\": a condition reason"
                            + " must");
        }
    }

    @Test
    void textsHaveBounds() {
        assertThat(problems(READY.with("reason", "a".repeat(1024)).with("message", "m".repeat(32_768)))).isEmpty();
        assertThat(problems(READY.with("reason", "a".repeat(1025)).with("message", "m".repeat(32_769))))
                .containsExactly(
                        "status.conditions[0].reason: Too long: may not be more than 1024 bytes",
                        "status.conditions[0].message: Too long: may not be more than 32768 bytes");
    }
}

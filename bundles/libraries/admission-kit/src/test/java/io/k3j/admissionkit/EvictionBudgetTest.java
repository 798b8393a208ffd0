package io.k3j.admissionkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EvictionBudgetTest {
    private static Obj budget(Object... status) {
        return Obj.of(Struct.of("apiVersion", "policy/v1", "kind", "PodDisruptionBudget", "metadata",
                Struct.of("name", "b", "namespace", "n"), "status", Struct.of(status)));
    }

    private static String why(Object... status) {
        ApiFault fault = EvictionBudget.refusal(budget(status)).orElseThrow();
        assertThat(fault.code()).isEqualTo(429);
        return fault.details().seq("causes").struct(0).text("message");
    }

    private static Seq condition(String reason, String message) {
        return Seq.of(Struct.of("type", "DisruptionAllowed", "status", "False", "reason", reason, "message", message));
    }

    @Test
    void anExhaustedBudgetTellsWhatKeepsItsPods() {
        assertThat(why("desiredHealthy", 2, "currentHealthy", 2, "conditions", condition("Odd", "m")))
                .isEqualTo("The disruption budget b needs 2 healthy pods and has 2 currently");
        assertThat(why("conditions", condition("SyncFailed", "no owner"))).isEqualTo("The disruption budget b does not"
                + " allow evicting pods currently because it failed sync: no owner");
        assertThat(why("currentHealthy", 1, "conditions", condition("Odd", "m")))
                .isEqualTo("The disruption budget b does not allow evicting pods currently (Odd): m");
        assertThat(why("currentHealthy", 1))
                .isEqualTo("The disruption budget b does not allow evicting pods currently");
    }

    @Test
    void aStatusThatSomebodyHasToMendIsForbidden() {
        assertThat(EvictionBudget.refusal(budget("disruptionsAllowed", -1)).orElseThrow()).hasMessage(
                "poddisruptionbudget.policy \"b\" is forbidden: pdb disruptions allowed is negative");
        Struct.Builder pods = Struct.builder();
        for (int i = 0; i <= 2000; i++) {
            pods.put("p" + i, "2026-01-01T00:00:00Z");
        }
        assertThat(EvictionBudget.refusal(budget("disruptionsAllowed", 1, "disruptedPods", pods.build())).orElseThrow())
                .hasMessageEndingWith("DisruptedPods map too big - too many evictions not confirmed by PDB controller");
    }

    @Test
    void theLastPodThatMayGoTurnsTheCondition() {
        Obj two = budget("disruptionsAllowed", 2, "conditions", Seq.of(Struct.of("type", "DisruptionAllowed", "status",
                "True")));
        Instant now = Instant.parse("2026-01-01T00:00:00.5Z");
        Obj one = EvictionBudget.charged(two, "p", now);
        assertThat(EvictionBudget.refusal(two)).isEmpty();
        assertThat(one.status().whole("disruptionsAllowed", 0)).isEqualTo(1);
        assertThat(one.status().struct("disruptedPods").text("p")).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(one.status().seq("conditions").struct(0).text("status")).isEqualTo("True");
        Struct condition = EvictionBudget.charged(one, "q", now).status().seq("conditions").struct(0);
        assertThat(condition.text("status")).isEqualTo("False");
        assertThat(condition.text("reason")).isEqualTo("InsufficientPods");
        assertThat(condition.text("lastTransitionTime")).isEqualTo("2026-01-01T00:00:00Z");
    }
}

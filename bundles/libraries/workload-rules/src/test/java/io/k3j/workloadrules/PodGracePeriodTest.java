package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How long a pod has from its deletion to its end.
class PodGracePeriodTest {
    private static final long UNASKED = -1;
    private static final Struct ON_NODE = Struct.of("nodeName", "n");

    @Test
    void aScheduledPodHasItsOwnGracePeriod() {
        assertThat(grace(ON_NODE, "Running", UNASKED)).isEqualTo(30);
        assertThat(grace(ON_NODE.with("terminationGracePeriodSeconds", 5L), "Running", UNASKED)).isEqualTo(5);
        assertThat(grace(ON_NODE.with("terminationGracePeriodSeconds", -5L), "Running", UNASKED)).isOne();
    }

    @Test
    void aNegativeGracePeriodCausesAWarning() {
        assertThat(warnings(ON_NODE.with("terminationGracePeriodSeconds", -1L))).containsExactly(
                "spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated"
                        + " as 1");
        assertThat(warnings(ON_NODE.with("terminationGracePeriodSeconds", 0L))).isEmpty();
    }

    @Test
    void aRequestOverridesTheGracePeriod() {
        assertThat(grace(ON_NODE, "Running", 7)).isEqualTo(7);
        assertThat(grace(ON_NODE, "Running", 0)).isZero();
    }

    @Test
    void podsThatNoNodeRunsAreDeletedImmediately() {
        assertThat(grace(Struct.EMPTY, "Pending", 7)).isZero();
        assertThat(grace(ON_NODE, "Succeeded", UNASKED)).isZero();
        assertThat(grace(ON_NODE, "Failed", UNASKED)).isZero();
    }

    private static List<String> warnings(Struct spec) {
        return PodWarnings.pod(Struct.of("metadata", Struct.of("name", "p"), "spec", spec));
    }

    private static long grace(Struct spec, String phase, long asked) {
        Obj pod = Obj.of(Struct.of("spec", spec, "status", Struct.of("phase", phase)));
        return new PodRules().gracePeriodSeconds(pod, asked);
    }
}

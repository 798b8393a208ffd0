package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PodSpecsTest {
    private static Obj pod(Struct spec) {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p"), "spec", spec));
    }

    @Test
    void aPodThatAsksForLessThanNoTimeHasASecond() {
        assertThat(PodSpecs.grace(pod(Struct.of("terminationGracePeriodSeconds", -1L)))).isEqualTo(1);
        assertThat(PodSpecs.grace(pod(Struct.of("terminationGracePeriodSeconds", 0L)))).isZero();
        assertThat(PodSpecs.grace(pod(Struct.EMPTY))).isEqualTo(30);
    }

    @Test
    void theTimeOfAStaticPodBeginsWhenItIsSeenUnlessItsMirrorToldOtherwise() {
        Instant seen = Instant.parse("2026-01-01T12:00:00Z");
        Obj pod = pod(Struct.of("activeDeadlineSeconds", 10));
        assertThat(PodSpecs.deadline(pod, seen)).isEmpty();
        Obj ofFile = pod.with("file", "metadata", "annotations", Labels.CONFIG_SOURCE);
        assertThat(PodSpecs.deadline(ofFile, seen)).contains(seen.plusSeconds(10));
        assertThat(PodSpecs.deadline(ofFile.with("2026-01-01T11:00:00Z", "status", "startTime"), seen))
                .contains(Instant.parse("2026-01-01T11:00:10Z"));
        assertThat(PodSpecs.deadline(ofFile.without("spec", "activeDeadlineSeconds"), seen)).isEmpty();
    }
}

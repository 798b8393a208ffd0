package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
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
}

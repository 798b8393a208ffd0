package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

/// Pods that must stand apart.
class HardSpreadTest {
    private final SchedulerBed bed = new SchedulerBed();

    @Test
    void anEmptyValueOfALabelIsADomainLikeAnyOther() {
        bed.node("n1", "4", "rack", "");
        bed.node("n2", "4", "rack", "b");
        bed.taint("n1");
        bed.bound("t0", "n2", SchedulerBed.cpu("1m"));
        bed.pod("t1", SchedulerBed.cpu("1m").with("topologySpreadConstraints", Seq.of(Struct.of("maxSkew", 1,
                "topologyKey", "rack", "whenUnsatisfiable", "DoNotSchedule", "labelSelector",
                Struct.of("matchLabels", Struct.of("app", "t"))))));
        bed.settle();
        assertThat(bed.node("t1")).isEmpty();
    }
}

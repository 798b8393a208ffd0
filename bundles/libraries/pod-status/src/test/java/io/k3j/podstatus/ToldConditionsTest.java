package io.k3j.podstatus;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kuberuntime.PodRuntime;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Conditions that tell of evictions and resizes.
class ToldConditionsTest {
    private final FixedView view = new FixedView();
    private Obj pod = Obj.of(Struct.of("metadata", Struct.of("name", "p"), "spec",
            Struct.of("containers", Seq.of(Struct.of("name", "c")))));

    private Struct condition(String type) {
        Struct status = PodStatus.of(pod, PodRuntime.EMPTY, view);
        pod = pod.with(status, "status");
        return status.seq("conditions").find("type", type);
    }

    private Struct disrupted(String reason) {
        pod = pod.with(Struct.EMPTY, "status");
        view.failure = new PodStatus.Waiting(reason, "for people");
        view.disrupted = true;
        view.released = true;
        return condition("DisruptionTarget");
    }

    @Test
    void aPreemptedPodIsToldForWhomItGoes() {
        assertThat(disrupted("Preempting").text("message"))
                .isEqualTo("Pod was preempted by Kubelet to accommodate a critical pod.");
        assertThat(disrupted("Evicted").text("message")).isEqualTo("for people");
    }

    private String probed(String message, long generation) {
        view.now = view.now.plus(Duration.ofSeconds(10));
        view.resources = new ResizeStatus(Map.of(), Map.of(), Map.of("PodResizePending",
                new ResizeStatus.Condition("Deferred", message, generation)), ResizeStatus.OfPod.NONE);
        return condition("PodResizePending").text("lastProbeTime");
    }

    @Test
    void whatBecomesOfAResizeHasTheTimeAtWhichItWasTold() {
        assertThat(probed("no room", 1)).isEqualTo("1970-01-01T00:00:10Z");
        assertThat(probed("no room", 1)).isEqualTo("1970-01-01T00:00:10Z");
        assertThat(probed("less room", 1)).isEqualTo("1970-01-01T00:00:30Z");
        assertThat(probed("less room", 2)).isEqualTo("1970-01-01T00:00:40Z");
    }
}

package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Grace periods of pods and the time to live of events.
class LifeTest {
    private static final long UNASKED = -1;
    private static final Struct ON_NODE = Struct.of("nodeName", "n");

    @Test
    void aScheduledPodHasItsOwnGracePeriod() {
        assertThat(grace(ON_NODE, "Running", UNASKED)).isEqualTo(30);
        assertThat(grace(ON_NODE.with("terminationGracePeriodSeconds", 5L), "Running", UNASKED)).isEqualTo(5);
        assertThat(grace(ON_NODE.with("terminationGracePeriodSeconds", -5L), "Running", UNASKED)).isOne();
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

    @Test
    void onlyEventsExpireAfterOneHour() {
        Map<String, KindRules> core = new HashMap<>();
        CoreRules.into(core);
        assertThat(core.get("Event").timeToLive()).isEqualTo(Duration.ofHours(1));
        assertThat(core.get("ConfigMap").timeToLive()).isZero();
    }

    @Test
    void eventsLiveAsLongAsTheArgumentSays() {
        assertThat(EventRules.of("event-ttl=30m", "event-ttl=90m").timeToLive()).isEqualTo(Duration.ofMinutes(90));
        assertThat(EventRules.of().timeToLive()).isEqualTo(Duration.ofHours(1));
        assertThatThrownBy(() -> EventRules.of("event-ttl=0s")).hasMessage("--kube-apiserver-arg=event-ttl=0s must be a"
                + " duration longer than zero; try --kube-apiserver-arg=event-ttl=1h");
    }

    private static long grace(Struct spec, String phase, long asked) {
        Obj pod = Obj.of(Struct.of("spec", spec, "status", Struct.of("phase", phase)));
        return new PodRules().gracePeriodSeconds(pod, asked);
    }
}

package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kindrules.KindRules;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The time to live of events; grace periods of pods are tested in `workload-rules`.
class LifeTest {
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
}

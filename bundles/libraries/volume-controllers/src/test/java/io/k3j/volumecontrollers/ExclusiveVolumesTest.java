package io.k3j.volumecontrollers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ExclusiveVolumesTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T12:00:00Z");
    private final ExclusiveVolumes volumes = new ExclusiveVolumes();

    private boolean taken(String node, Duration since, boolean attached) {
        return volumes.take("v", node, BEGIN.plus(since), other -> attached);
    }

    @Test
    void aVolumeIsOneNodesUntilTheViewShowsThatItHasIt() {
        assertThat(taken("a", Duration.ZERO, false)).isTrue();
        assertThat(taken("b", Duration.ZERO, false)).isFalse();
        volumes.release("v", "b");
        assertThat(taken("b", Duration.ZERO, false)).isFalse();
        volumes.release("v", "a");
        assertThat(taken("b", Duration.ZERO, false)).isTrue();
    }

    @Test
    void aViewThatIsLateGivesNoVolumeToASecondNode() {
        assertThat(taken("a", Duration.ZERO, true)).isTrue();
        assertThat(taken("b", Duration.ofMinutes(1), true)).isFalse();
        assertThat(taken("b", Duration.ofMinutes(2), true)).isFalse();
    }

    @Test
    void whatTheApiDoesNotHaveIsNotWaitedForLong() {
        assertThat(taken("a", Duration.ZERO, false)).isTrue();
        assertThat(taken("b", Duration.ofSeconds(30), false)).isFalse();
        assertThat(taken("b", Duration.ofSeconds(31), false)).isTrue();
    }
}

package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The thirty seconds after a swap, by a clock of the test's.
class TrialTest {
    private static final Instant BEGIN = Instant.EPOCH;
    private final Trial trial = new Trial(health(Set.of("loop"), Set.of(), List.of()), BEGIN);

    private static HealthSnapshot health(Set<String> ok, Set<String> degraded, List<String> faults) {
        return new HealthSnapshot(true, new HealthSnapshot.Scopes(ok, Set.of(), degraded), new HealthSnapshot.Parts(),
                faults);
    }

    private Trial.Verdict after(int seconds, HealthSnapshot now) {
        return trial.look(now, BEGIN.plusSeconds(seconds));
    }

    private static HealthSnapshot well() {
        return health(Set.of("loop"), Set.of(), List.of());
    }

    @Test
    void aBundleThatStaysHealthyPasses() {
        assertThat(after(1, well())).isInstanceOf(Trial.Verdict.Pending.class);
        assertThat(after(29, well())).isInstanceOf(Trial.Verdict.Pending.class);
        assertThat(after(30, well())).isInstanceOf(Trial.Verdict.Passed.class);
    }

    @Test
    void oneThatFailsAfterTwentySecondsIsTakenBack() {
        assertThat(after(1, well())).isInstanceOf(Trial.Verdict.Pending.class);
        assertThat(after(20, health(Set.of(), Set.of(), List.of("loop stopped: NullPointerException"))))
                .isEqualTo(new Trial.Verdict.Failed("loop stopped: NullPointerException"));
    }

    @Test
    void oneThatIsDegradedForAMomentIsGivenTime() {
        HealthSnapshot degraded = health(Set.of(), Set.of("loop"), List.of());
        assertThat(after(1, degraded)).isInstanceOf(Trial.Verdict.Pending.class);
        assertThat(after(9, degraded)).isInstanceOf(Trial.Verdict.Pending.class);
        assertThat(after(10, well())).isInstanceOf(Trial.Verdict.Pending.class);
        assertThat(after(25, degraded)).isInstanceOf(Trial.Verdict.Pending.class);
        assertThat(after(34, degraded)).as("the end of the trial does not end the failure")
                .isInstanceOf(Trial.Verdict.Pending.class);
        assertThat(after(35, degraded)).isInstanceOf(Trial.Verdict.Failed.class);
    }

    /// It may be started minutes after the trials of the process before are known.
    @Test
    void oneThatWasBrokenOffBeginsAnewWithItsFirstLook() {
        Trial resumed = Trial.resumed();
        assertThat(resumed.look(well(), BEGIN.plusSeconds(100))).isInstanceOf(Trial.Verdict.Pending.class);
        assertThat(resumed.look(well(), BEGIN.plusSeconds(129))).isInstanceOf(Trial.Verdict.Pending.class);
        assertThat(resumed.look(well(), BEGIN.plusSeconds(130))).isInstanceOf(Trial.Verdict.Passed.class);
    }

    @Test
    void oneWhoseBundleHasEndedIsTakenBack() {
        assertThat(after(3, HealthSnapshot.none())).isInstanceOf(Trial.Verdict.Failed.class);
    }
}

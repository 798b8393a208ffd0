package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kubeletimages.Images;
import io.k3j.kuberuntime.Backoff;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StartPolicyTest {
    @Test
    void waitsLongerAfterEachFailure() {
        Backoff backoff = new Backoff(KubeletOptions.LONGEST_BACK_OFF);
        Instant now = Instant.parse("2026-11-20T06:00:00Z");
        assertThat(backoff.remaining("c", now, now)).isZero();
        backoff.next("c", now);
        assertThat(backoff.remaining("c", now, now)).isEqualTo(Duration.ofSeconds(10));
        for (int i = 0; i < 9; i++) {
            backoff.next("c", now);
        }
        assertThat(backoff.remaining("c", now, now)).isEqualTo(Duration.ofMinutes(5));
        assertThat(backoff.remaining("c", now.plusSeconds(601), now.plusSeconds(601))).isZero();
    }

    @Test
    void whoRanForTenMinutesBeginsAgainAndWhoDidNotGoesOn() {
        Backoff backoff = new Backoff(KubeletOptions.LONGEST_BACK_OFF);
        Instant now = Instant.parse("2026-11-20T06:00:00Z");
        for (int i = 0; i < 6; i++) {
            backoff.next("c", now, now);
        }
        Instant soon = now.plusSeconds(360);
        assertThat(backoff.remaining("c", soon, soon)).as("failed after six minutes").isEqualTo(Duration.ofMinutes(5));
        Instant again = soon.plusSeconds(300);
        backoff.next("c", soon, again);
        assertThat(backoff.remaining("c", again, again)).isEqualTo(Duration.ofMinutes(5));
        Instant late = again.plusSeconds(601);
        assertThat(backoff.remaining("c", late, late)).isZero();
        backoff.next("c", late, late);
        assertThat(backoff.remaining("c", late, late)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void waitsNoLongerThanTheNodeIsTold() {
        Backoff backoff = new Backoff(Duration.ofSeconds(4));
        Instant now = Instant.parse("2026-11-20T06:00:00Z");
        backoff.next("c", now);
        backoff.next("c", now);
        assertThat(backoff.remaining("c", now, now)).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void pullsOnlyTheTagLatestAlways() {
        assertThat(Images.policy("busybox")).isEqualTo("Always");
        assertThat(Images.policy("host:5000/busybox:latest")).isEqualTo("Always");
        assertThat(Images.policy("host:5000/busybox:1")).isEqualTo("IfNotPresent");
        assertThat(Images.policy("busybox@sha256:00")).isEqualTo("IfNotPresent");
    }
}

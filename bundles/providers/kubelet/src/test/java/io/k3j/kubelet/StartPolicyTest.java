package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kubeletimages.Images;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StartPolicyTest {
    @Test
    void waitsLongerAfterEachFailure() {
        Backoff backoff = new Backoff(Backoff.LONGEST);
        Instant now = Instant.parse("2026-11-20T06:00:00Z");
        assertThat(backoff.remaining("c", now, now)).isZero();
        backoff.next("c", now);
        assertThat(backoff.remaining("c", now, now)).isEqualTo(Duration.ofSeconds(10));
        for (int i = 0; i < 9; i++) {
            backoff.next("c", now);
        }
        assertThat(backoff.remaining("c", now, now)).isEqualTo(Duration.ofMinutes(5));
        assertThat(backoff.remaining("c", now, now.plusSeconds(601))).isZero();
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

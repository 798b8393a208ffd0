package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryAfterTest {
    private static final long SECOND = 1_000_000_000;
    private final RetryAfter retry = new RetryAfter();

    private int refused(long second, int times) {
        int told = 0;
        for (int i = 0; i < times; i++) {
            told = retry.refused(second * SECOND);
        }
        return told;
    }

    @Test
    void growsWhileManyAreRefusedAndFallsAfterwards() {
        assertThat(refused(100, 10)).isOne();
        assertThat(refused(101, 10)).isEqualTo(2);
        for (int second = 102; second < 200; second++) {
            refused(second, 200);
        }
        assertThat(refused(200, 1)).isEqualTo(32);
        assertThat(refused(300, 1)).isEqualTo(31);
        for (int second = 301; second < 1_000; second += 10) {
            refused(second, 1);
        }
        assertThat(refused(1_100, 1)).isOne();
    }
}

package io.k3j.delegatedaccess;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReviewTurnsTest {
    private final ReviewTurns turns = new ReviewTurns();

    @Test
    void oneAddressLeavesTurnsForOthers() throws InterruptedException {
        for (int i = 0; i < ReviewTurns.MOST_OF_ONE; i++) {
            assertThat(turns.begin("192.0.2.1", Duration.ZERO)).isTrue();
        }
        assertThat(turns.begin("192.0.2.1", Duration.ZERO)).isFalse();
        assertThat(turns.begin("192.0.2.2", Duration.ZERO)).isTrue();
        turns.end("192.0.2.1");
        assertThat(turns.begin("192.0.2.1", Duration.ZERO)).isTrue();
    }

    @Test
    void allTogetherHaveSoMany() throws InterruptedException {
        for (int i = 0; i < ReviewTurns.MOST; i++) {
            assertThat(turns.begin("192.0.2." + i / 2, Duration.ZERO)).isTrue();
        }
        assertThat(turns.begin("192.0.2.200", Duration.ZERO)).isFalse();
        for (int i = 0; i < ReviewTurns.MOST; i++) {
            turns.end("192.0.2." + i / 2);
        }
        assertThat(turns.addresses()).isZero();
        assertThat(turns.begin("192.0.2.200", Duration.ZERO)).isTrue();
    }
}

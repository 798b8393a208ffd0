package io.k3j.delegatedaccess;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {
    private final ManualClock clock = new ManualClock();

    @Test
    void forgetsTheOldestOfTooMany() {
        AnswerCache<String> some = new AnswerCache<>(clock);
        for (int i = 0; i < 2 * AnswerCache.MOST; i++) {
            some.keep("k" + i, "v", Duration.ofMinutes(1));
        }
        assertThat(some.size()).isEqualTo(AnswerCache.MOST);
        assertThat(some.find("k0")).isEmpty();
        assertThat(some.find("k" + (2 * AnswerCache.MOST - 1))).contains("v");
    }
}

package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AuthFailureLimiterTest {
    private final AtomicLong now = new AtomicLong();
    private final AuthFailureLimiter failures = new AuthFailureLimiter(now::get);

    private long refused(String address, int tries) {
        long before = failures.slowed();
        for (int i = 0; i < tries; i++) {
            failures.tooMany(address);
        }
        return failures.slowed() - before;
    }

    @Test
    void whoGuessesIsSlowedAndOthersAreNot() {
        assertThat(refused("10.0.0.1", 150)).isEqualTo(50);
        assertThat(refused("10.0.0.2", 1)).isZero();
        now.addAndGet(TimeUnit.SECONDS.toNanos(2));
        assertThat(refused("10.0.0.1", 30)).isEqualTo(10);
        assertThat(failures.all()).isEqualTo(181);
    }

    @Test
    void manyAddressesAreNotAllRemembered() {
        refused("10.0.0.1", 101);
        for (int i = 0; i <= AuthFailureLimiter.ADDRESSES; i++) {
            failures.tooMany("2001:db8::" + i);
        }
        assertThat(refused("10.0.0.1", 1)).isZero();
    }
}

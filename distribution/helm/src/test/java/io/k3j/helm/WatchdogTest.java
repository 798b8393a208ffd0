package io.k3j.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final Watchdog dog = new Watchdog(Duration.ofSeconds(2), nanos::get);

    @Test
    void anOwnerIsMissedAfterTheTimeItMayBeSilent() {
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(dog.silent()).isFalse();
        nanos.incrementAndGet();
        assertThat(dog.silent()).isTrue();
    }

    @Test
    void eachByteBeginsTheTimeAnew() {
        dog.read(new InputStream() {
            private int bytes;

            @Override
            public int read() {
                nanos.addAndGet(Duration.ofMillis(1_900).toNanos());
                assertThat(dog.silent()).isFalse();
                return bytes++ < 10 ? '.' : -1;
            }

            @Override
            public int read(byte[] to, int offset, int length) {
                int next = read();
                to[offset] = (byte) next;
                return next < 0 ? -1 : 1;
            }
        });
        assertThat(nanos.get()).isGreaterThan(Duration.ofSeconds(20).toNanos());
    }

    @Test
    void anOwnerThatHasLeftIsMissedAtOnce() {
        dog.read(new ByteArrayInputStream(new byte[3]));
        assertThat(dog.silent()).isTrue();
        dog.awaitSilence();
    }
}

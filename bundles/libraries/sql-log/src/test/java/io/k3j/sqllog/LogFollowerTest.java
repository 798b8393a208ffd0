package io.k3j.sqllog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Health;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.logtail.LogTail;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LogFollowerTest {
    /// Never started: the test refuses in place of a look, so no database is asked.
    private final LogFollower follower = new LogFollower(null, new LogState(new Heads(1), new LogTail(1),
            new KnownNames(), new Expirations(), null, new AtomicBoolean()), null, () -> {
            }, Health.none());

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void aReaderThatComesLaterDoesNotHideTheRefusalFromOneThatWaits() throws Exception {
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                follower.fence(TimeUnit.MINUTES.toNanos(10));
            } catch (RuntimeException e) {
                told.complete(e);
            }
        });
        while (reader.getState() != Thread.State.TIMED_WAITING) {
            LockSupport.parkNanos(1_000_000);
        }
        follower.lock.lock();
        try {
            follower.refuse(new DatastoreUnavailable("planted", new IllegalStateException(), false));
            Thread.currentThread().interrupt();
            assertThatThrownBy(follower::fence).hasMessage("revision: interrupted");
        } finally {
            follower.lock.unlock();
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(told.get()).hasMessage("planted");
    }
}

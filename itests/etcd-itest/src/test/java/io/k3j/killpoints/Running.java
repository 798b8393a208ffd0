package io.k3j.killpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.KillPoints;
import java.time.Duration;
import java.util.List;

/// A `k3s` on one of the hosts. Closing it stops it in order.
record Running(ChildProcess process) implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(240);
    private static final Duration LOOK = Duration.ofMillis(50);

    /// Everything it printed so far.
    String said() {
        return process.output();
    }

    /// Waits until it has printed all of these.
    Running says(String... texts) throws InterruptedException {
        assertThat(killedBefore(texts)).as("killed: " + said()).isFalse();
        return this;
    }

    /// Whether it was killed before it had printed all of these.
    boolean killedBefore(String... texts) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        boolean ended = false;
        while (true) {
            String said = said();
            if (List.of(texts).stream().allMatch(said::contains)) {
                return false;
            }
            if (ended) {
                assertThat(process.code()).as(said).isEqualTo(KillPoints.KILLED);
                return true;
            }
            assertThat(System.nanoTime()).as("too late, without one of " + List.of(texts) + ":\n" + said)
                    .isLessThan(end);
            ended = process.ended(LOOK);
        }
    }

    /// Waits for its end; its exit code.
    int code() throws InterruptedException {
        return process.awaitEnd(LIMIT);
    }

    @Override
    public void close() {
        // the process itself is that of who entered the host
        try (process) {
            process.children().forEach(ProcessHandle::destroy);
            code();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

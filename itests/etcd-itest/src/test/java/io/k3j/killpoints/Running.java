package io.k3j.killpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.KillPoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A `k3s` on one of the hosts. Closing it stops it in order.
record Running(Process process, Path output) implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(240);
    private static final long LOOK_MILLIS = 50;

    /// Everything it printed so far.
    String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
                assertThat(process.exitValue()).as(said).isEqualTo(KillPoints.KILLED);
                return true;
            }
            assertThat(System.nanoTime()).as("too late, without one of " + List.of(texts) + ":\n" + said)
                    .isLessThan(end);
            ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /// Waits for its end; its exit code.
    int code() throws InterruptedException {
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("still runs: " + said()).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        // the process itself is that of who entered the host
        process.children().forEach(ProcessHandle::destroy);
        try {
            code();
        } catch (InterruptedException e) {
            process.children().forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }
}

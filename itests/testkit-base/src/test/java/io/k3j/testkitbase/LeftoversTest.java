package io.k3j.testkitbase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is left is taken away, and what may stay stays.
class LeftoversTest {
    private final Leftovers leftovers = new Leftovers(Duration.ofMillis(500), Duration.ofSeconds(10));
    @TempDir
    private Path directory;

    @Test
    void aFileAndAProcessThatWereLeftAreTakenAway() throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("left"), "x");
        leftovers.expect(new Leftovers.Trace() {
            @Override
            public String left() {
                return Files.exists(file) ? file.toString() : "";
            }

            @Override
            public void remove() throws IOException {
                Deletion.of(file);
            }
        });
        Process left = new ProcessBuilder("sleep", "1000").start();
        Process stays = new ProcessBuilder("sleep", "1000").start();
        try {
            leftovers.mayStay(stays.pid());
            leftovers.look();
            assertThat(file).doesNotExist();
            assertThat(left.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(stays.isAlive()).isTrue();
        } finally {
            left.destroyForcibly();
            stays.destroyForcibly().waitFor();
        }
    }

    @Test
    void whatCannotBeTakenAwayFailsByItsName() {
        // long enough for the end of a process that somebody else has started from here, Surefire say
        Leftovers hopeless = new Leftovers(Duration.ofSeconds(1), Duration.ofSeconds(1));
        hopeless.expect(trace("/somewhere"));
        hopeless.expect(trace("k3jnet"));
        Leftovers.Trace taken = trace("taken away");
        hopeless.expect(taken);
        hopeless.gone(taken);
        assertThatThrownBy(hopeless::look).isInstanceOf(AssertionError.class).hasMessage(
                "left by the tests of this module, and cannot be taken away: /somewhere, k3jnet");
    }

    private static Leftovers.Trace trace(String name) {
        return new Leftovers.Trace() {
            @Override
            public String left() {
                return name;
            }

            @Override
            public void remove() throws IOException {
                throw new IOException("device busy");
            }
        };
    }

    @Test
    void nothingIsLookedForWhenTheUserWantsToSeeIt() throws InterruptedException {
        leftovers.expect(new Leftovers.Trace() {
            @Override
            public String left() {
                throw new IllegalStateException("was looked for");
            }

            @Override
            public void remove() {
                throw new IllegalStateException("was taken away");
            }
        });
        leftovers.dismiss();
        leftovers.look();
    }
}

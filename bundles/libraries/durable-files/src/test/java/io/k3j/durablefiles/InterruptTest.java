package io.k3j.durablefiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptTest {
    @TempDir
    private Path directory;

    @Test
    void aThreadThatIsInterruptedStillWritesTheWholeFile() throws IOException {
        Path file = directory.resolve("applied.json");
        Thread.currentThread().interrupt();
        DurableFiles.write(file, "{}", "rw-------");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(Files.readString(file)).isEqualTo("{}");
    }

    @Test
    void anInterruptWhileItIsWrittenDoesNotBreakIt() throws Exception {
        Path file = directory.resolve("applied.json");
        Thread writer = Thread.ofPlatform().unstarted(() -> {
            for (int i = 0; i < 200; i++) {
                try {
                    DurableFiles.write(file, "{}", "rw-------");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        Throwable[] failure = new Throwable[1];
        writer.setUncaughtExceptionHandler((thread, e) -> failure[0] = e);
        writer.start();
        while (writer.isAlive()) {
            writer.interrupt();
            Thread.yield();
            writer.join(1);
        }
        assertThat(failure[0]).isNull();
        assertThat(Files.readString(file)).isEqualTo("{}");
    }
}

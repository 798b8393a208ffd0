package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.RebuiltJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A jar that breaks while it is still on trial, long after the swap has succeeded.
@Tag("full")
@Tag("swap")
class LateFailureItest {
    @TempDir
    private Path directory;

    @Test
    void aJarThatFailsAfterTwentySecondsIsTakenBackByItself() throws Exception {
        Path jar = new RebuiltJars(Files.createDirectory(directory.resolve("jars"))).with(SwappedServer.BUNDLE,
                FailsLate.class);
        try (SwappedServer server = SwappedServer.started(directory, Map.of())) {
            long begin = System.nanoTime();
            ConsoleAnswer answer = server.console("swap", jar.toString());
            assertThat(answer.code()).as(() -> answer.lines() + "\n" + server.process().tail()).isZero();
            assertThat(server.chosen()).isTrue();
            Waiting.until("the shipped one again", server.process(),
                    () -> !server.chosen() && server.row().matches(SwappedServer.COMPONENT + " +\\S+ +ACTIVE +OK.*"));
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(FailsLate.SECONDS));
            assertThat(server.process().output()).contains("fails-late stopped: on purpose");
            Waiting.until("no jar that is kept", server.process(), () -> kept() == 0);
        }
    }

    private long kept() throws IOException {
        try (Stream<Path> jars = Files.list(directory.resolve("data/bundles/chosen"))) {
            return jars.count();
        }
    }
}

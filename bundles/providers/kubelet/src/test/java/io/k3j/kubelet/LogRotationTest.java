package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.nodeapi.Container;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What becomes of a log when the runtime does not open another one.
class LogRotationTest extends PodScene {
    @Test
    void keepsItsNameWhenTheRuntimeDoesNotOpenAnother() throws Exception {
        Path log = directory.resolve("0.log");
        Files.write(log, new byte[(10 << 20) + 1]);
        Container.End end = new Container.End(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, 0, "", "", log.toString());
        new Housekeeping(tools, workers, collector()).rotate(new Container("id", "s", "c", 0, Container.State.RUNNING,
                "i", Map.of(), Map.of(), end));
        try (var logs = Files.list(directory)) {
            assertThat(logs.filter(p -> p.toString().contains("0.log"))).containsExactly(log);
        }
    }
}

package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.nodeapi.Container;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What becomes of logs that are too large, and of those whose container goes.
class LogRotationTest extends PodScene {
    private static final int LARGE = (10 << 20) + 1;

    private Path logs() throws IOException {
        return Files.createDirectories(tools.options().logDir().resolve("ns_pod_uid/c"));
    }

    private static Container writing(Path log) {
        return new Container("id", "s", "c", 0, Container.State.RUNNING, "i", Map.of(), Map.of(),
                new Container.End(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, 0, "", "", log.toString()));
    }

    private static List<String> names(Path directory) throws IOException {
        try (var all = Files.list(directory)) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void isRenamedWhenItIsLargeAndTheOldestOfItsPartsGo() throws Exception {
        runtime.opensLogs = true;
        Path log = Files.write(logs().resolve("0.log"), new byte[LARGE]);
        for (int day = 1; day < 7; day++) {
            Files.createFile(logs().resolve("0.log.1900010" + day + "-000000"));
        }
        new LogFiles(tools).rotate(writing(log));
        assertThat(names(logs())).hasSize(4).doesNotContain("0.log").startsWith("0.log.19000104-000000",
                "0.log.19000105-000000", "0.log.19000106-000000");
    }

    @Test
    void keepsItsNameWhenTheRuntimeDoesNotOpenAnother() throws Exception {
        Path log = Files.write(logs().resolve("0.log"), new byte[LARGE]);
        new LogFiles(tools).rotate(writing(log));
        assertThat(names(logs())).containsExactly("0.log");
    }

    @Test
    void goesWithItsRotatedPartsAndNothingElse() throws Exception {
        Path log = Files.createFile(logs().resolve("0.log"));
        Files.createFile(logs().resolve("0.log.20260101-000000"));
        Files.createFile(logs().resolve("10.log"));
        new LogFiles(tools).delete(writing(log));
        assertThat(names(logs())).containsExactly("10.log");
        new LogFiles(tools).delete(writing(logs().resolve("absent/0.log")));
        new LogFiles(tools).delete(writing(Path.of("")));
    }

    /// A container whose volume is the directory of its pod's logs links its own directory to one of the host.
    @Test
    void isNotLookedForThroughALink() throws Exception {
        runtime.opensLogs = true;
        Path host = Files.createDirectories(directory.resolve("host"));
        Files.write(host.resolve("0.log"), new byte[LARGE]);
        for (String part : List.of("1", "2", "3", "4", "5", "6", "7")) {
            Files.createFile(host.resolve("0.log." + part));
        }
        List<String> before = names(host);
        Path link = Files.createSymbolicLink(logs().resolveSibling("linked"), host);
        Container c = writing(link.resolve("0.log"));
        new LogFiles(tools).rotate(c);
        assertThatThrownBy(() -> new LogFiles(tools).delete(c)).isInstanceOf(FileSystemException.class)
                .hasMessageContaining("link");
        new LogFiles(tools).rotate(writing(host.resolve("0.log")));
        Files.createSymbolicLink(logs().resolve("0.log"), host.resolve("0.log"));
        new LogFiles(tools).rotate(writing(logs().resolve("0.log")));
        assertThat(names(host)).isEqualTo(before);
        assertThat(names(logs())).containsExactly("0.log");
    }
}

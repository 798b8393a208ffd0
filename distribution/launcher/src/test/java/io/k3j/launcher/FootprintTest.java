package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A refused start leaves what it found.
class FootprintTest {
    @TempDir
    Path dir;

    private static void start(Path dataDir) throws IOException {
        Files.createDirectories(dataDir.resolve("bundles/fw-1/bundle0"));
        Files.writeString(dataDir.resolve("bundles/lock"), "");
        Files.createDirectories(dataDir.resolve("server/tls"));
        Files.createSymbolicLink(dataDir.resolve("server/link"), dataDir.resolve("server/tls"));
    }

    @Test
    void removesTheDataDirectoryAndTheParentsItMade() throws IOException {
        Files.createDirectory(dir.resolve("lib"));
        Path dataDir = dir.resolve("lib/rancher/k3s");
        Footprint footprint = Footprint.before(dataDir);
        start(dataDir);
        footprint.undo();
        assertThat(dir.resolve("lib")).isEmptyDirectory();
    }

    @Test
    void keepsParentsSomebodyElseUsesByNow() throws IOException {
        Path dataDir = dir.resolve("rancher/k3s");
        Footprint footprint = Footprint.before(dataDir);
        start(dataDir);
        Files.writeString(dir.resolve("rancher/other"), "");
        footprint.undo();
        assertThat(dataDir).doesNotExist();
        assertThat(dir.resolve("rancher/other")).exists();
    }

    @Test
    void emptiesADirectoryThatWasEmpty() throws IOException {
        Footprint footprint = Footprint.before(dir);
        start(dir);
        footprint.undo();
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void neverTouchesWhatWasThereBefore() throws IOException {
        Files.createDirectories(dir.resolve("agent/images"));
        Footprint footprint = Footprint.before(dir);
        start(dir);
        footprint.undo();
        assertThat(dir.resolve("server/tls")).exists();
        assertThat(dir.resolve("agent/images")).exists();
    }
}

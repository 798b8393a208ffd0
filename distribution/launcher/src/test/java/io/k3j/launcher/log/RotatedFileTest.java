package io.k3j.launcher.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The file of `--log` when it has grown, with lines of ten bytes.
class RotatedFileTest {
    private static final int FULL = 1000;
    @TempDir
    private Path dir;
    private final StringBuilder written = new StringBuilder();
    private RotatedFile file;

    @BeforeEach
    void archived() throws IOException {
        for (int i = 1; i <= 3; i++) {
            Files.writeString(packed(i), "archive " + i);
        }
        file = new RotatedFile(dir.resolve("k3s.log"), FULL);
    }

    private Path packed(int number) {
        return dir.resolve("k3s.log." + number + ".gz");
    }

    private void write(int lines) throws IOException {
        for (int i = 0; i < lines; i++) {
            String line = "%9d\n".formatted(written.length());
            file.write(line.getBytes(StandardCharsets.UTF_8));
            written.append(line);
        }
    }

    private static String unpacked(Path packed) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void packedAfter(int bytes) throws IOException {
        assertThat(unpacked(packed(1))).isEqualTo(written.substring(0, bytes));
        assertThat(packed(2)).hasContent("archive 1");
        assertThat(packed(3)).hasContent("archive 2");
        assertThat(dir.resolve("k3s.log")).content().isEqualTo(written.substring(bytes));
        assertThat(dir).isDirectoryNotContaining("glob:**packing*");
    }

    @Test
    void whatIsFullIsPackedAwayAndTheOldestGoes() throws IOException {
        write(101);
        packedAfter(FULL);
    }

    @Test
    void whatCannotBePackedAwayGrowsOnCostsNoArchiveAndIsNotTriedByEachLine() throws IOException {
        Path obstacle = Files.createDirectories(dir.resolve("k3s.log.packing.gz/obstacle"));
        write(105);
        for (int i = 1; i <= 3; i++) {
            assertThat(packed(i)).hasContent("archive " + i);
        }
        assertThat(dir.resolve("k3s.log")).content().isEqualTo(written.toString());
        Files.delete(obstacle);
        Files.delete(obstacle.getParent());
        write(5);
        assertThat(packed(1)).as("a tenth more has not been written").hasContent("archive 1");
        write(1);
        packedAfter(FULL + FULL / 10);
    }

    /// As when whoever reads the standard error of the process has gone.
    @Test
    void aTerminalThatTakesNothingCostsTheFileNoLine() {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        Log.Place broken = line -> {
            throw new IOException("Broken pipe");
        };
        Log log = new Log(new KlogLayout(1), new Levels(false, "0", ""), List.of(broken, kept::write));
        log.write("a line\n");
        assertThat(kept.toString(StandardCharsets.UTF_8)).isEqualTo("a line\n");
    }
}

package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksumsTest {
    @TempDir
    Path root;

    /// Longer than what is read at once, and no multiple of it.
    private final byte[] jar = new byte[700_001];

    @BeforeEach
    void aDistribution() throws IOException {
        Files.createDirectories(root.resolve("lib/apart/cel"));
        Files.write(root.resolve("lib/k3s-base.jar"), jar);
        Files.writeString(root.resolve("lib/k3s-base.idx"), "index");
        Files.writeString(root.resolve("lib/apart/a.jar"), "a");
        Files.writeString(root.resolve("lib/apart/cel/b.jar"), "b");
        Checksums.write(root);
    }

    @Test
    void whatIsAsItWasMadeStarts() throws Exception {
        assertThat(fault()).isEmpty();
        CRC32 crc = new CRC32();
        crc.update(jar);
        assertThat(root.resolve(Checksums.FILE)).content()
                .contains("%08x 700001 lib/k3s-base.jar\n".formatted(crc.getValue()));
    }

    @Test
    void oneChangedBitIsFound() throws IOException {
        jar[jar.length - 1] = 1;
        Files.write(root.resolve("lib/k3s-base.jar"), jar);
        assertThat(fault()).isEqualTo("lib/k3s-base.jar is not as it was made");
    }

    @Test
    void eachPieceIsReadWhenItMayBe() throws IOException {
        List<Integer> pieces = new ArrayList<>();
        assertThat(Checksums.fault(root, () -> pieces.add(1))).isEmpty();
        int files = 4;
        assertThat(pieces).hasSizeGreaterThan(2 * files);
    }

    @Test
    void whatWasCutOrIsMissingIsFoundBeforeAnythingIsRead() throws IOException {
        Files.writeString(root.resolve("lib/k3s-base.idx"), "ind");
        assertThat(unread()).isEqualTo("lib/k3s-base.idx is not as it was made");
        Files.delete(root.resolve("lib/k3s-base.idx"));
        assertThatThrownBy(this::unread).hasMessageContaining(root.resolve("lib/k3s-base.idx").toString());
    }

    @Test
    void jarsBesideTheClassPathCountAsWell() throws IOException {
        Files.writeString(root.resolve("lib/apart/c.jar"), "c");
        assertThat(unread()).isEqualTo("lib/apart/c.jar does not belong to it");
        Files.delete(root.resolve("lib/apart/c.jar"));
        Files.delete(root.resolve("lib/apart/cel/b.jar"));
        assertThat(unread()).isEqualTo("lib/apart/cel/b.jar is not as it was made");
        Files.writeString(root.resolve("lib/apart/cel/b.jar"), "c");
        assertThat(fault()).isEqualTo("lib/apart/cel/b.jar is not as it was made");
    }

    @Test
    void sumsThatAreMissingOrDamagedStartNothing() throws IOException {
        Path file = root.resolve(Checksums.FILE);
        String all = Files.readString(file, StandardCharsets.US_ASCII);
        Files.writeString(file, all.substring(all.lastIndexOf('\n', all.length() - 2) + 1));
        refused(Checksums.FILE + " ends early");
        Files.writeString(file, "?\n");
        refused(Checksums.FILE + " has a line of another form");
        Files.write(file, new byte[100_000]);
        refused(Checksums.FILE + " is longer than");
        Files.delete(file);
        refused(file.toString());
    }

    private String fault() throws IOException {
        return Checksums.fault(root, () -> {
        });
    }

    private String unread() throws IOException {
        return Checksums.fault(root, () -> {
            throw new AssertionError("read");
        });
    }

    private void refused(String word) {
        assertThatThrownBy(this::fault).isInstanceOf(IOException.class).hasMessageContaining(word);
    }
}

package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotCheckTest {
    @TempDir
    Path directory;

    private static byte[] whole() throws NoSuchAlgorithmException, IOException {
        byte[] pages = new byte[3 * (1 << 16)];
        Arrays.fill(pages, (byte) 7);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(pages);
        all.write(MessageDigest.getInstance("SHA-256").digest(pages));
        return all.toByteArray();
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    private Path zip(byte[] bytes) throws IOException {
        Path file = directory.resolve("s.zip");
        try (OutputStream out = Files.newOutputStream(file); ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("s"));
            zip.write(bytes);
        }
        return file;
    }

    @Test
    void aWholeSnapshotIsRightPlainAndZipped() throws Exception {
        assertThat(SnapshotCheck.problem(file("s", whole()))).isEmpty();
        assertThat(SnapshotCheck.problem(zip(whole()))).isEmpty();
    }

    @Test
    void damageIsTold() throws Exception {
        byte[] flipped = whole();
        flipped[100_000] ^= 1;
        assertThat(SnapshotCheck.problem(file("s", flipped))).hasValueSatisfying(
                why -> assertThat(why).contains("damaged: its hash does not fit; nothing was changed"));
        assertThat(SnapshotCheck.problem(zip(flipped))).isPresent();
        assertThat(SnapshotCheck.problem(file("s", Arrays.copyOf(whole(), 70_000)))).hasValueSatisfying(
                why -> assertThat(why).contains("cut off"));
        byte[] zipped = Files.readAllBytes(zip(whole()));
        assertThat(SnapshotCheck.problem(file("cut.zip", Arrays.copyOf(zipped, zipped.length / 3)))).hasValueSatisfying(
                why -> assertThat(why).contains("damaged"));
        assertThat(SnapshotCheck.problem(file("n.zip", whole()))).isPresent();
        assertThat(SnapshotCheck.problem(file("empty", new byte[0]))).isPresent();
        assertThat(SnapshotCheck.problem(directory.resolve("none")))
                .hasValue("etcd: snapshot path does not exist: " + directory.resolve("none"));
    }
}

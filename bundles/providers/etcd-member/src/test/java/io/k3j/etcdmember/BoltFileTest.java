package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reads files written by etcd 3.4.23, 3.5.16 and 3.7.3.
class BoltFileTest {
    private static final int PAGE = 4096;
    @TempDir
    private Path directory;

    @Test
    void readsAValueOfAnInlinedBucket() throws IOException {
        try (BoltFile file = BoltFile.open(Recorded.file("3.7", directory.resolve("db")))) {
            assertThat(file.value("cluster", "clusterVersion")).hasValue(new byte[] {'3', '.', '7', '.', '0'});
            assertThat(file.value("meta", "storageVersion")).hasValue(new byte[] {'3', '.', '7', '.', '0'});
            assertThat(file.value("cluster", "other")).isEmpty();
            assertThat(file.value("other", "clusterVersion")).isEmpty();
        }
    }

    @Test
    void findsEachKeyOfATreeOfSeveralPages() throws IOException {
        try (BoltFile file = BoltFile.open(Recorded.file("3.7", directory.resolve("db")))) {
            for (int revision = 8; revision <= 255; revision++) {
                String key = "\0\0\0\0\0\0\0" + (char) revision + "_\0\0\0\0\0\0\0\0";
                assertThat(file.value("key", key)).as("revision " + revision).isPresent();
            }
        }
    }

    @Test
    void usesTheOtherMetaPageWhenTheNewerIsDamaged() throws IOException {
        Path db = Recorded.file("3.4", directory.resolve("db"));
        for (int at : new int[] {0, PAGE}) {
            byte[] bytes = Files.readAllBytes(db);
            bytes[at + 40] ^= 1;
            Path damaged = Files.write(directory.resolve("damaged"), bytes);
            try (BoltFile file = BoltFile.open(damaged)) {
                assertThat(file.value("cluster", "clusterVersion")).isPresent();
            }
        }
    }

    @Test
    void damageIsReportedAsAnIOExceptionOnly() throws IOException {
        byte[] whole = Files.readAllBytes(Recorded.file("3.5", directory.resolve("db")));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = whole.clone();
            for (int j = 0; j < 40; j++) {
                bytes[2 * PAGE + random.nextInt(bytes.length - 2 * PAGE)] = (byte) random.nextInt();
            }
            Path damaged = Files.write(directory.resolve("damaged"), bytes);
            try (BoltFile file = BoltFile.open(damaged)) {
                file.value("cluster", "clusterVersion");
            } catch (IOException expected) {
                assertThat(expected).as("seed " + seed).hasMessageStartingWith("damaged file of bbolt");
            }
        }
        Path noBoltFile = Files.write(directory.resolve("none"), new byte[3 * PAGE]);
        assertThatThrownBy(() -> BoltFile.open(noBoltFile)).isInstanceOf(IOException.class)
                .hasMessage("no file of bbolt");
        assertThatThrownBy(() -> BoltFile.open(Files.write(noBoltFile, new byte[7]))).hasMessage("no file of bbolt");
    }
}

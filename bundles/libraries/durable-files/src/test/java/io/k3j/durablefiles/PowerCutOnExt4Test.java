package io.k3j.durablefiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.durablefiles.PowerCuts.Meanwhile;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The library on a real file system whose device is copied, mounted and checked at every step: what the kernel, its
/// journal and its delayed allocation make of the syncs, beside what [PowerCutTest] assumes of any disk.
@NeedsPackages({"e2fsprogs", "mount"})
@EnabledIf(value = "possible", disabledReason = "needs root, mount namespaces and loop devices")
class PowerCutOnExt4Test {
    private static final String KEY = "rw-------";
    @TempDir
    private Path directory;

    static boolean possible() throws IOException, InterruptedException {
        return System.getProperty("user.name").equals("root") && new ProcessBuilder("unshare", "--mount", "sh", "-c",
                "PATH=$PATH:/usr/sbin:/sbin; test -b \"$(losetup --find)\"").start().waitFor() == 0;
    }

    @ParameterizedTest
    @EnumSource(Meanwhile.class)
    void everyPromiseIsKeptWhereverThePowerIsCut(Meanwhile meanwhile) throws Exception {
        try (PowerCuts cuts = new PowerCuts(directory, meanwhile, Disk.REAL)) {
            cuts.directories("server/tls", "rwx------");
            cuts.write("server/tls/ca.key", "first key", KEY);
            cuts.write("server/tls/ca.key", "a key of several blocks\n".repeat(400), KEY);
            cuts.write("server/token", "secret", KEY);
            cuts.write("record.json", "{\"pid\":1}", "rw-r--r--");
            cuts.write("record.json", "{\"pid\":2}", KEY);
            cuts.delete("record.json");
            cuts.write("record.json", "{\"pid\":3}", KEY);
            cuts.move("server/snapshot.part", "server/snapshot", "rows\n".repeat(20_000));
            cuts.move("fetched", "server/snapshot", "other rows\n");
            assertThat(cuts.broken()).isEmpty();
        }
    }

    @Test
    void aMissingSyncOfTheFileIsFoundOut() throws Exception {
        try (PowerCuts cuts = new PowerCuts(directory, Meanwhile.NOTHING, without(Files::isRegularFile))) {
            replaceAKey(cuts);
            assertThat(String.join("\n", cuts.broken()))
                    .contains("write key, after it has returned: key is <rw------- 0 bytes");
        }
    }

    @Test
    void aMissingSyncOfTheDirectoryIsFoundOut() throws Exception {
        try (PowerCuts cuts = new PowerCuts(directory, Meanwhile.NOTHING, without(Files::isDirectory))) {
            replaceAKey(cuts);
            assertThat(String.join("\n", cuts.broken()))
                    .contains("write key, after it has returned: key is <rw------- 7 bytes: old key");
        }
    }

    @Test
    void noSyncAtAllIsFoundOutWhenSomebodyElseSyncs() throws Exception {
        try (PowerCuts cuts = new PowerCuts(directory, Meanwhile.A_NEIGHBOURS_SYNC, without(path -> true))) {
            replaceAKey(cuts);
            assertThat(String.join("\n", cuts.broken()))
                    .contains("write key, after the rename to key and A_NEIGHBOURS_SYNC: key is <rw------- 0 bytes");
        }
    }

    private static void replaceAKey(PowerCuts cuts) throws IOException {
        cuts.write("key", "old key", KEY);
        cuts.write("key", "new key", KEY);
    }

    /// A disk that does not sync what it should.
    private static Disk without(Predicate<Path> synced) {
        return new Disk() {
            @Override
            public void create(Path file, Set<PosixFilePermission> mode) throws IOException {
                REAL.create(file, mode);
            }

            @Override
            public void write(Path file, byte[] content) throws IOException {
                REAL.write(file, content);
            }

            @Override
            public void sync(Path fileOrDirectory) throws IOException {
                if (!synced.test(fileOrDirectory)) {
                    REAL.sync(fileOrDirectory);
                }
            }

            @Override
            public void rename(Path from, Path to) throws IOException {
                REAL.rename(from, to);
            }
        };
    }
}

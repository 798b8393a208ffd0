package io.k3j.nodefiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountsTest {
    @Test
    void aKernelThatIsSlowWithMountsHoldsNoOtherThreadUp(@TempDir Path directory) throws Exception {
        // nobody writes into it: whoever reads it waits in the kernel
        Path table = directory.resolve("table");
        assertThat(new ProcessBuilder("mkfifo", table.toString()).start().waitFor()).isZero();
        Mounts mounts = new Mounts(table);
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
            Thread.ofVirtual().start(() -> ask(mounts, directory));
        }
        CountDownLatch ran = new CountDownLatch(1);
        Thread.ofVirtual().start(ran::countDown);
        assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theDeviceOfAMountIsThatOfTheOneOnTop(@TempDir Path directory) throws Exception {
        Path real = directory.toRealPath();
        Path table = Files.writeString(directory.resolve("table"), "30 1 8:1 / " + real + "/a rw - ext4 /dev/sda1 rw\n"
                + "31 30 0:50 /x " + real + "/a rw - tmpfs tmpfs rw\n32 1 8:1 / " + real
                + "/a/b rw - ext4 /dev/sda1 rw\n");
        Mounts mounts = new Mounts(table);
        assertThat(mounts.device(directory.resolve("a"))).contains("0:50");
        assertThat(mounts.device(directory.resolve("c"))).isEmpty();
    }

    @Test
    void aFileSystemOfHugePagesThatIsThereStays(@TempDir Path directory) throws Exception {
        Path real = directory.toRealPath();
        Path table = Files.writeString(directory.resolve("table"), "30 1 0:50 / " + real
                + "/a rw,nosuid,nodev shared:7 - hugetlbfs nodev rw,gid=4711,pagesize=2M\n31 1 0:51 / " + real
                + "/b rw - hugetlbfs nodev rw,pagesize=1024M\n32 1 0:52 / " + real + "/c rw - hugetlbfs nodev rw\n");
        Mounts mounts = new Mounts(table);
        assertThat(mounts.hugetlbfs(directory.resolve("a"), 1L << 30)).isEqualTo(2L << 20);
        assertThat(mounts.hugetlbfs(directory.resolve("b"), 1L << 30)).isEqualTo(1L << 30);
        assertThatIOException().isThrownBy(() -> mounts.hugetlbfs(directory.resolve("c"), 1L << 30))
                .withMessageEndingWith(" pagesize is not determined");
    }

    private static void ask(Mounts mounts, Path directory) {
        try {
            mounts.mounted(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

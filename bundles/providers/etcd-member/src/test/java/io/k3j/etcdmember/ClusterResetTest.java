package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Compressed snapshots that etcd's program, which is a script here, refuses to restore.
@EnabledOnOs(OS.LINUX)
class ClusterResetTest {
    private static final int BYTES = 10_000;
    @TempDir
    Path directory;
    private Path zip;
    private ClusterReset reset;

    @BeforeEach
    void place() throws IOException {
        zip = directory.resolve("etcd-snapshot-server-1-1700000000.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("etcd-snapshot-server-1-1700000000"));
            byte[] content = new byte[BYTES];
            new Random(1).nextBytes(content);
            out.write(content);
            out.closeEntry();
        }
        Path restorer = directory.resolve("etcdctl");
        Files.writeString(restorer, "#!/bin/sh\nstat -c '%a %s' \"$3\" >'" + directory.resolve("given") + "'\n"
                + "echo Error: hash mismatch\nexit 1\n");
        assertThat(restorer.toFile().setExecutable(true)).isTrue();
        MemberConfig config = new MemberConfig(new EtcdLayout(directory), "a", "127.0.0.1", new EtcdPorts(1, 2, 3), "",
                false, "127.0.0.1", Map.of());
        reset = new ClusterReset(config, directory.resolve("etcd"), restorer);
    }

    private void isRefused(String why) {
        assertThatThrownBy(() -> reset.run(Optional.of(zip), "")).isInstanceOf(MemberFault.class)
                .hasMessageStartingWith("the snapshot " + zip + " cannot be restored, it is damaged or none: ")
                .hasMessageContaining(why).hasMessageEndingWith("nothing was changed, take another snapshot")
                .hasMessageNotContaining("etcd-reset");
        assertThat(directory.resolve("server/db")).isEmptyDirectory();
    }

    @Test
    void oneThatIsRefusedIsCalledAsTheOperatorCalledIt() {
        isRefused("Error: hash mismatch");
    }

    @Test
    void anArchiveThatIsCutOffIsTold() throws IOException {
        Files.write(zip, Arrays.copyOf(Files.readAllBytes(zip), BYTES / 2));
        isRefused("Unexpected end");
        assertThat(directory.resolve("given")).doesNotExist();
    }

    /// It holds every Secret.
    @Test
    void whatWasInTheArchiveIsForNobodyElseWhileItIsThere() {
        isRefused("");
        assertThat(directory.resolve("given")).hasContent("600 " + BYTES);
    }
}

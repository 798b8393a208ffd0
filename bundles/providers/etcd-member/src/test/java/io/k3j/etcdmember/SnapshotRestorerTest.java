package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Programs of etcd, which are scripts here, that restore snapshots.
@EnabledOnOs(OS.LINUX)
class SnapshotRestorerTest {
    @TempDir
    Path directory;
    private MemberConfig config;
    private Path data;

    @BeforeEach
    void place() {
        EtcdLayout layout = new EtcdLayout(directory);
        config = new MemberConfig(layout, "a", "127.0.0.1", new EtcdPorts(1, 2, 3), "", false, "127.0.0.1", Map.of());
        data = directory.resolve("new");
    }

    /// Notes how it was called, and makes what looks like a member's data.
    private SnapshotRestorer program(String help) throws IOException {
        return script("if [ \"$3\" = --help ]; then echo '" + help + "'; exit 0; fi\n"
                + "echo \"$@\" >'" + directory.resolve("called") + "'\nmkdir -p '" + data + "/member/wal'\n");
    }

    private SnapshotRestorer script(String body) throws IOException {
        Path file = directory.resolve("etcdutl");
        Files.writeString(file, "#!/bin/sh\n" + body);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return new SnapshotRestorer(file);
    }

    @Test
    void theRevisionIsRaisedByAProgramThatCan() throws Exception {
        SnapshotRestorer restorer = program("      --bump-revision uint   How much to increase the latest revision");
        assertThat(restorer.raises()).isTrue();
        restorer.restore(config, directory.resolve("snapshot"), data, 2_999_000);
        assertThat(directory.resolve("called")).content().contains("--bump-revision 2999000 --mark-compacted");
    }

    @Test
    void anOlderProgramIsNotAskedTo() throws Exception {
        SnapshotRestorer restorer = program("      --data-dir string   Path to the data directory");
        assertThat(restorer.raises()).isFalse();
        restorer.restore(config, directory.resolve("snapshot"), data, 0);
        assertThat(directory.resolve("called")).content().doesNotContain("--bump", "--mark")
                .contains("snapshot restore " + directory.resolve("snapshot") + " --data-dir " + data);
    }

    @Test
    void whatAProgramThatFailsSaidIsToldAndNothingIsLeft() throws Exception {
        SnapshotRestorer restorer = script("mkdir -p '" + data + "/member'\necho looks\necho Error: hash mismatch\n"
                + "exit 1\n");
        assertThatThrownBy(() -> restorer.restore(config, directory.resolve("snapshot"), data, 0))
                .isInstanceOf(SnapshotRestorer.Failure.class)
                .hasMessage(directory.resolve("etcdutl") + " snapshot restore: Error: hash mismatch");
        assertThat(data).doesNotExist();
    }
}

package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.nodestatus.MachineInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Control groups are files in a directory.
class ProcessCountTest {
    @TempDir
    private Path mount;

    private ProcessCount count(String groups) {
        Map<String, String> told = Map.of("/proc/7/cgroup", groups);
        return new ProcessCount(f -> told.getOrDefault(f, MachineInfo.text(f)), mount);
    }

    private void group(String path, String processes) throws IOException {
        Files.writeString(Files.createDirectories(mount.resolve(path)).resolve("cgroup.procs"), processes);
    }

    @Test
    void theContainersProcessesCountAndNotTheSandboxs() throws IOException {
        Files.createFile(mount.resolve("cgroup.controllers"));
        group("kubepods.slice/pod.slice/sandbox.scope", "7\n");
        group("kubepods.slice/pod.slice/a.scope", "8\n9\n");
        group("kubepods.slice/pod.slice/b.scope", "10\n");
        assertThat(count("0::/kubepods.slice/pod.slice/sandbox.scope\n").of(7)).hasValue(3);
    }

    @Test
    void versionOneIsAskedWhereItCountsProcesses() throws IOException {
        group("pids/kubepods/pod/s", "7\n");
        group("pids/kubepods/pod/a", "8\n");
        assertThat(count("9:name=systemd:/x\n8:cpu,pids:/kubepods/pod/s\n0::/\n").of(7)).hasValue(1);
    }

    @Test
    void aProcessThatIsInNoGroupOfItsOwnTellsNothing() {
        assertThat(count("8:pids:/\n0::/\n").of(7)).isEmpty();
        assertThat(count("8:pids:/gone/s\n").of(7)).isEmpty();
        assertThat(count("").of(7)).isEmpty();
    }
}

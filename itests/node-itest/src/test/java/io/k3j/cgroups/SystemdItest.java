package io.k3j.cgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.childprocess.Command;
import io.k3j.codec.Json;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The cgroups of pods where a real systemd keeps them.
@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "needs root")
@NeedsPackages({"systemd", "runc", "busybox-static"})
class SystemdItest {
    private static final String CLASS = "kubepods.slice/kubepods-burstable.slice";
    private static final String SLICE = "kubepods-burstable-poda_1.slice";
    private static final String POD = CLASS + "/" + SLICE;
    @TempDir
    Path directory;

    @Test
    void aPodHasItsWeightAndLimitsInTheKernelUntilItIsRemoved() throws Exception {
        try (Systemd systemd = new Systemd(directory, 1)) {
            Cgroups cgroups = cgroups(systemd);
            cgroups.make(pod());
            List<String> limits = Hierarchies.at(systemd.mount()).unified()
                    ? List.of("cpu.weight 10", "cpu.max 13000 100000", "memory.max 67108864", "pids.max 100")
                    : List.of("cpu/cpu.shares 256", "cpu/cpu.cfs_quota_us 13000",
                            "memory/memory.limit_in_bytes 67108864", "pids/pids.max 100");
            systemd.until(() -> has(systemd, POD, limits) && has(systemd, CLASS, limits.subList(0, 1)));
            String before = state(systemd);
            cgroups.make(pod());
            cgroups(systemd).weigh(List.of(pod()));
            assertThat(state(systemd)).isEqualTo(before).contains("50-CPUQuota.conf");
            assertThat(has(systemd, POD, limits)).isTrue();
            runs(systemd);
        }
    }

    /// What runc makes of the parent a runtime is given. It is removed once it has no process any more.
    private static void runs(Systemd systemd) throws Exception {
        Cgroups cgroups = cgroups(systemd);
        container(systemd);
        assertThat(systemd.run("sh", "-c", "runc --root /run/runc --systemd-cgroup run -d -b /run/c c"
                + " < /dev/null > /run/c/said 2>&1 || cat /run/c/said")).isEmpty();
        assertThat(systemd.run("systemctl", "is-active", "cri-containerd-c.scope")).isEqualTo("active\n");
        assertThat(systemd.run("find", "/sys/fs/cgroup", "-path", "*" + POD + "/cri-containerd-c.scope")).isNotEmpty();
        cgroups.remove("a-1");
        assertThat(systemd.run("systemctl", "is-active", "cri-containerd-c.scope", SLICE))
                .isEqualTo("active\nactive\n");
        assertThat(cgroups.present()).containsExactly("a-1");
        systemd.run("runc", "--root", "/run/runc", "delete", "-f", "c");
        systemd.until(() -> {
            cgroups.remove("a-1");
            return cgroups.present().isEmpty();
        });
        systemd.until(() -> !state(systemd).contains("a_1"));
        assertThat(state(systemd)).contains("kubepods-burstable.slice active");
        assertThat(systemd.run("find", "/sys/fs/cgroup", "-name", "*a_1*")).isEmpty();
    }

    private static void container(Systemd systemd) throws IOException {
        systemd.run("mkdir", "-p", "/run/c/rootfs/bin");
        systemd.run("cp", "/bin/busybox", "/run/c/rootfs/bin/sleep");
        systemd.run("runc", "spec", "-b", "/run/c");
        Path file = systemd.root().resolve("run/c/config.json");
        Struct spec = Json.object(Files.readAllBytes(file));
        Struct resources = Struct.of("cpu", Struct.of("shares", 256, "quota", 12500, "period", 100000), "memory",
                Struct.of("limit", 1 << 26));
        Files.write(file, Json.bytes(spec
                .with("process", spec.struct("process").with("terminal", false).with("args",
                        Seq.of("sleep", "600")))
                .with("linux", spec.struct("linux").with("cgroupsPath", SLICE + ":cri-containerd:c")
                        .with("resources", resources))));
    }

    /// Where the kernel gives its controllers to version 1, systemd only knows them.
    @Test
    void versionTwoHasAWeightOfTheSameMeaning() throws Exception {
        try (Systemd systemd = new Systemd(directory, 2)) {
            Cgroups cgroups = cgroups(systemd);
            cgroups.make(pod());
            assertThat(systemd.run("systemctl", "show", "-p", "CPUWeight,CPUQuotaPerSecUSec,MemoryMax,TasksMax", SLICE)
                    .lines()).containsExactlyInAnyOrder("CPUWeight=10", "CPUQuotaPerSecUSec=130ms",
                            "MemoryMax=67108864", "TasksMax=100");
            assertThat(systemd.run("systemctl", "show", "-P", "CPUWeight", "kubepods-burstable.slice"))
                    .isEqualTo("10\n");
            assertThat(cgroups.present()).containsExactly("a-1");
            cgroups.remove("a-1");
            assertThat(cgroups.present()).isEmpty();
            systemd.until(() -> !state(systemd).contains("a_1"));
        }
    }

    private static Cgroups cgroups(Systemd systemd) {
        return new Cgroups(new SystemdDriver(Hierarchies.at(systemd.mount()), systemd.inside("systemctl"),
                new Command(SystemdDriver.LIMIT)), "/", 100);
    }

    private static Obj pod() {
        Struct resources = Struct.of("requests", Struct.of("cpu", "250m"), "limits",
                Struct.of("cpu", "125m", "memory", "64Mi"));
        return Obj.of(Struct.of("metadata", Struct.of("name", "a", "namespace", "ns", "uid", "a-1"), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "c", "resources", resources)))));
    }

    /// Whether the files of a group have these contents.
    private static boolean has(Systemd systemd, String group, List<String> contents) throws IOException {
        for (String content : contents) {
            String[] words = content.split(" ", 2);
            int slash = words[0].lastIndexOf('/');
            Path file = systemd.mount().resolve(words[0].substring(0, Math.max(slash, 0))).resolve(group)
                    .resolve(words[0].substring(slash + 1));
            if (!Files.exists(file) || !Files.readString(file).strip().equals(words[1])) {
                return false;
            }
        }
        return true;
    }

    /// All slices, and all that was set for them.
    private static String state(Systemd systemd) throws IOException {
        String slices = systemd.run("systemctl", "list-units", "--all", "--plain", "--no-legend", "kubepods*").lines()
                .map(l -> l.split(" +")).map(w -> w[0] + " " + w[2]).sorted().collect(Collectors.joining("\n"));
        String since = systemd.run("systemctl", "show", "-P", "ActiveEnterTimestampMonotonic", SLICE);
        String set = systemd.run("sh", "-c",
                "cd /run/systemd/system.control && find . -type f | sort | xargs tail -n +1");
        return Stream.of(slices, since, set).collect(Collectors.joining("\n"));
    }
}

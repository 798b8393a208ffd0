package io.k3j.cgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.childprocess.Command;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// With a `systemctl` of the test's own, that writes down what it is asked for; what systemd itself makes of it is in
/// `SystemdItest`.
class SystemdDriverTest {
    private static final String CLASS = "kubepods.slice/kubepods-burstable.slice";
    private static final String POD = "kubepods-burstable-poda_1.slice";
    private static final String GROUP = "/kubepods/burstable/poda-1";
    @TempDir
    Path directory;
    private Path mount;

    @BeforeEach
    void machine() throws IOException {
        mount = Files.createDirectories(directory.resolve("cgroup"));
        systemctl("exit 0");
    }

    @Test
    void aPodIsASliceWithItsLimits() throws IOException {
        Cgroups cgroups = new Cgroups(driver(), "/", 100);
        Obj pod = pod("a-1", "250m", "500m", "64Mi");
        assertThat(cgroups.parent(pod)).isEqualTo(POD);
        cgroups.make(pod);
        assertThat(asked()).containsExactly("start " + POD,
                "set-property --runtime " + POD + " CPUShares=256 CPUQuota=50% MemoryMax=67108864 TasksMax=100");
    }

    @Test
    void aGroupIsFoundByTheNameOfItsDriver() {
        assertThat(CgroupDriver.directory("systemd", GROUP)).isEqualTo(CLASS + "/" + POD);
        assertThat(CgroupDriver.directory("systemd", "/a/kubepods")).isEqualTo("a.slice/a-kubepods.slice");
        assertThat(CgroupDriver.directory("cgroupfs", GROUP)).isEqualTo("kubepods/burstable/poda-1");
    }

    @Test
    void versionTwoHasWeights() throws IOException {
        Files.createFile(mount.resolve("cgroup.controllers"));
        group("", CLASS, "cpu.weight", "100");
        new Cgroups(driver(), "/", -1).make(pod("a-1", "2", "4", "1Gi"));
        assertThat(asked()).containsExactly("start " + POD,
                "set-property --runtime " + POD + " CPUWeight=79 CPUQuota=400% MemoryMax=1073741824 TasksMax=infinity",
                "set-property --runtime kubepods-burstable.slice CPUWeight=79");
    }

    @Test
    void theKernelItselfLimitsHugePages() throws IOException {
        Files.writeString(mount.resolve("cgroup.controllers"), "cpu hugetlb memory pids\n");
        driver().hugePages(GROUP, Map.of(2L << 20, 4L << 20));
        assertThat(mount.resolve(CLASS).resolve(POD).resolve("hugetlb.2MB.max")).hasContent("4194304");
        assertThat(mount.resolve(CLASS).resolve("cgroup.subtree_control")).hasContent("+hugetlb");
        assertThat(mount.resolve("cgroup.subtree_control")).hasContent("+hugetlb");
    }

    @Test
    void whatIsNotLimitedAnyMoreLosesItsLimits() throws IOException {
        driver().limit(GROUP, new CgroupDriver.Limits(0, 0, 0, -1));
        assertThat(asked()).last().isEqualTo(
                "set-property --runtime " + POD + " CPUShares=2 CPUQuota= MemoryMax=infinity TasksMax=infinity");
    }

    @ParameterizedTest
    @CsvSource({"1, 1%", "10, 1%", "125, 13%", "2000, 200%"})
    void aQuotaIsNeverBelowThatOfTheContainers(long milliCpu, String quota) throws IOException {
        driver().limit(GROUP, new CgroupDriver.Limits(0, milliCpu, 0, 0));
        assertThat(asked()).last().asString().contains(" CPUQuota=" + quota + " ");
    }

    @Test
    void aClassIsWeighedWhenTheKernelHasAnotherWeight() throws IOException {
        List<Obj> pods = List.of(pod("a-1", "250m", "", ""), pod("b-1", "250m", "", ""));
        Cgroups cgroups = new Cgroups(driver(), "/", -1);
        cgroups.weigh(pods);
        assertThat(asked()).as("no class is there yet").isEmpty();
        group("cpu", CLASS, "cpu.shares", "1024\n");
        cgroups.weigh(pods);
        assertThat(asked()).containsExactly("set-property --runtime kubepods-burstable.slice CPUShares=512");
        group("cpu", CLASS, "cpu.shares", "512\n");
        cgroups.weigh(pods);
        assertThat(asked()).hasSize(1);
    }

    @Test
    void aSliceGoesWithAllThatWasSetForIt() throws IOException {
        Path pod = group("memory", CLASS + "/" + POD, "cgroup.procs", "");
        systemctl("[ $1 = stop ] && rm -r " + pod + "; exit 0");
        Path left = Files.createDirectories(mount.resolve("cpuset/" + CLASS + "/" + POD));
        Cgroups cgroups = new Cgroups(driver(), "/", -1);
        assertThat(cgroups.present()).containsExactly("a-1");
        cgroups.remove("a-1");
        assertThat(asked()).containsExactly("revert --no-reload " + POD, "stop " + POD);
        assertThat(pod).doesNotExist();
        assertThat(left).doesNotExist();
        cgroups.remove("a-1");
        assertThat(asked()).hasSize(2);
    }

    @Test
    void aSliceWithProcessesStays() throws IOException {
        group("memory", CLASS + "/" + POD, "cgroup.procs", "");
        group("memory", CLASS + "/" + POD + "/cri-containerd-1.scope", "cgroup.procs", "4711\n");
        new Cgroups(driver(), "/", -1).remove("a-1");
        assertThat(asked()).isEmpty();
    }

    @Test
    void belowARootOfItsOwnNamesBeginWithIt() throws IOException {
        Cgroups cgroups = new Cgroups(driver(), "/my-root", -1);
        assertThat(cgroups.parent(pod("a-1", "", "", ""))).isEqualTo("my_root-kubepods-besteffort-poda_1.slice");
        Files.createDirectories(
                mount.resolve("cpu/my_root.slice/my_root-kubepods.slice/my_root-kubepods-podb_2.slice"));
        assertThat(cgroups.present()).containsExactly("b-2");
    }

    @Test
    void aRefusalSaysWhoRefusedWhatAndWhereToLook() throws IOException {
        systemctl("echo 'Failed to set unit properties: Access denied' >&2; exit 4");
        assertThatThrownBy(() -> driver().limit(GROUP, new CgroupDriver.Limits(0, 0, 0, 0)))
                .isInstanceOf(IOException.class).hasMessageStartingWith("systemd keeps the cgroups of this node")
                .hasMessageContaining("systemctl start " + POD + ": Failed to set unit properties: Access denied")
                .hasMessageContaining("exit code 4").hasMessageEndingWith("see: systemctl status " + POD
                        + "; journalctl -b _PID=1");
    }

    @Test
    void whoDoesNotAnswerIsNotWaitedFor() {
        CgroupDriver driver = new SystemdDriver(Hierarchies.at(mount), List.of("sh", "-c", "sleep 1000"),
                new Command(Duration.ofMillis(100)));
        assertThatThrownBy(() -> driver.limit(GROUP, new CgroupDriver.Limits(0, 0, 0, 0)))
                .hasMessageContaining("refused: sh -c sleep 1000").hasMessageContaining("no answer within");
    }

    @Test
    void withoutSystemctlItSaysSo() {
        CgroupDriver driver = new SystemdDriver(Hierarchies.at(mount), List.of(directory + "/nowhere"),
                new Command(SystemdDriver.LIMIT));
        assertThatThrownBy(() -> driver.limit(GROUP, new CgroupDriver.Limits(0, 0, 0, 0)))
                .hasMessageContaining("/nowhere").hasMessageEndingWith("install systemctl, or give the runtime the "
                        + "cgroupfs driver");
    }

    private CgroupDriver driver() {
        return new SystemdDriver(Hierarchies.at(mount), List.of(directory.resolve("systemctl").toString()),
                new Command(SystemdDriver.LIMIT));
    }

    private void systemctl(String body) throws IOException {
        Path program = directory.resolve("systemctl");
        Files.writeString(program, "#!/bin/sh\necho \"$@\" >> " + directory.resolve("asked") + "\n" + body + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    private List<String> asked() throws IOException {
        Path asked = directory.resolve("asked");
        return Files.exists(asked) ? Files.readAllLines(asked) : List.of();
    }

    private Path group(String controller, String path, String file, String text) throws IOException {
        Path group = Files.createDirectories(mount.resolve(controller).resolve(path));
        Files.writeString(group.resolve(file), text);
        return group;
    }

    private static Obj pod(String uid, String cpu, String cpuLimit, String memoryLimit) {
        Struct resources = Struct.EMPTY;
        resources = cpu.isEmpty() ? resources : resources.with("requests", Struct.of("cpu", cpu));
        resources = cpuLimit.isEmpty() ? resources
                : resources.with("limits", Struct.of("cpu", cpuLimit, "memory", memoryLimit));
        return Obj.of(Struct.of("metadata", Struct.of("name", uid, "namespace", "ns", "uid", uid), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "c", "resources", resources)))));
    }
}

package io.k3j.cgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupsTest {
    @TempDir
    Path mount;

    @Test
    void burstablePodsTogetherWeighWhatTheyAskForAndTheRestNearlyNothing() throws IOException {
        Cgroups cgroups = cgroups();
        cgroups.make(pod("a", "250m"));
        cgroups.make(pod("b", "500m"));
        cgroups.make(pod("c", ""));
        assertThat(shares("burstable")).isEqualTo("768");
        assertThat(shares("besteffort")).isEqualTo("2");
        cgroups.remove("a");
        cgroups.make(pod("d", ""));
        assertThat(shares("burstable")).isEqualTo("512");
    }

    @Test
    void aClassIsOneOfThree() {
        Cgroups cgroups = cgroups();
        assertThat(cgroups.parent(pod("a", "250m").with("../../../x", "status", "qosClass")))
                .isEqualTo("/kubepods/burstable/poda");
        assertThat(cgroups.parent(pod("a", "").with("Guaranteed", "status", "qosClass"))).isEqualTo("/kubepods/poda");
    }

    @Test
    void podsThatRanBeforeThisKubeletCount() throws IOException {
        cgroups().make(pod("a", "250m"));
        Cgroups next = cgroups();
        next.weigh(List.of(pod("a", "250m"), pod("b", "1"), pod("done", "1").with("Succeeded", "status", "phase")));
        assertThat(shares("burstable")).isEqualTo("1280");
    }

    @Test
    void versionTwoHasTheSameInWeights() throws IOException {
        Files.createFile(mount.resolve("cgroup.controllers"));
        Cgroups cgroups = cgroups();
        cgroups.make(pod("a", "2"));
        cgroups.make(pod("c", ""));
        assertThat(mount.resolve("kubepods/burstable/cpu.weight")).hasContent("79");
        assertThat(mount.resolve("kubepods/besteffort/cpu.weight")).hasContent("1");
    }

    @Test
    void allPodsTogetherHaveWhatTheNodeGivesThem() throws IOException {
        CgroupDriver.Limits limits = new CgroupDriver.Limits(1750, 0, 3L << 30, 30_000);
        Cgroups cgroups = cgroups();
        cgroups.enforce(limits);
        assertThat(mount.resolve("cpu/kubepods/cpu.shares")).hasContent("1792");
        assertThat(mount.resolve("memory/kubepods/memory.limit_in_bytes")).hasContent("3221225472");
        assertThat(mount.resolve("pids/kubepods/pids.max")).hasContent("30000");
    }

    @Test
    void versionTwoHasTheSameInOneGroup() throws IOException {
        Files.createFile(mount.resolve("cgroup.controllers"));
        cgroups().enforce(new CgroupDriver.Limits(4000, 0, 1L << 30, 100));
        assertThat(mount.resolve("kubepods/cpu.weight")).hasContent("157");
        assertThat(mount.resolve("kubepods/memory.max")).hasContent("1073741824");
        assertThat(mount.resolve("kubepods/pids.max")).hasContent("100");
        assertThat(mount.resolve("kubepods/cpu.max")).doesNotExist();
    }

    @Test
    void aLimitOfAllPodsThatIsNotTakenIsAFailure() throws IOException {
        Files.createDirectories(mount.resolve("memory/kubepods/memory.limit_in_bytes"));
        assertThatIOException().isThrownBy(() -> cgroups().enforce(new CgroupDriver.Limits(1000, 0, 1L << 30, 0)));
    }

    @Test
    void podsAreNotHeldToLimitsOfCpuWhereTheNodeIsToldSo() throws IOException {
        Files.createFile(mount.resolve("cgroup.controllers"));
        Obj limited = pod("a", "1").with(Struct.of("limits", Struct.of("cpu", "2", "memory", "1Gi")), "spec",
                "resources");
        Path group = mount.resolve("kubepods/poda");
        new Cgroups(new CgroupfsDriver(Hierarchies.at(mount)), "/", -1, false, Map::of).make(limited);
        assertThat(group.resolve("memory.max")).hasContent("1073741824");
        assertThat(group.resolve("cpu.max")).doesNotExist();
        cgroups().make(limited);
        assertThat(group.resolve("cpu.max")).hasContent("200000 100000");
    }

    private Cgroups with(Map<Long, Long> hugePages) {
        return new Cgroups(new CgroupfsDriver(Hierarchies.at(mount)), "/", -1, true, () -> hugePages);
    }

    private static Obj huge(String uid) {
        Struct amounts = Struct.of("hugepages-2Mi", "4Mi", "memory", "1Gi");
        return pod(uid, "1").with(Seq.of(Struct.of("name", "c", "resources", Struct.of("requests", amounts)),
                Struct.of("name", "d", "resources", Struct.of("requests", amounts))), "spec", "containers");
    }

    @Test
    void aPodHasTheHugePagesThatItAsksForAndNoneOfOtherSizes() throws IOException {
        Path hugetlb = Files.createDirectories(mount.resolve("hugetlb"));
        Cgroups cgroups = with(Map.of(2L << 20, 16L << 20, 1L << 30, 2L << 30));
        cgroups.make(huge("a"));
        cgroups.make(pod("b", ""));
        Path pod = hugetlb.resolve("kubepods/burstable/poda");
        assertThat(pod.resolve("hugetlb.2MB.limit_in_bytes")).hasContent("8388608");
        assertThat(pod.resolve("hugetlb.1GB.limit_in_bytes")).hasContent("0");
        assertThat(pod.resolve("hugetlb.2MB.rsvd.limit_in_bytes")).as("a kernel that does not count these")
                .doesNotExist();
        assertThat(hugetlb.resolve("kubepods/besteffort/podb/hugetlb.2MB.limit_in_bytes")).hasContent("0");
        Struct whole = Struct.of("limits", Struct.of("hugepages-2Mi", "16Mi", "cpu", "1"));
        cgroups.make(huge("w").with(whole, "spec", "resources"));
        assertThat(hugetlb.resolve("kubepods/burstable/podw/hugetlb.2MB.limit_in_bytes")).as("of the pod as a whole")
                .hasContent("16777216");
        assertThat(hugetlb.resolve("kubepods/burstable/hugetlb.2MB.limit_in_bytes")).as("a class has no limit")
                .doesNotExist();
    }

    @Test
    void versionTwoLimitsWhatIsReservedToo() throws IOException {
        Files.writeString(mount.resolve("cgroup.controllers"), "cpu hugetlb memory\n");
        Path group = Files.createDirectories(mount.resolve("kubepods/burstable/poda"));
        Files.createFile(group.resolve("hugetlb.2MB.rsvd.max"));
        with(Map.of(2L << 20, 16L << 20)).make(huge("a"));
        assertThat(group.resolve("hugetlb.2MB.max")).hasContent("8388608");
        assertThat(group.resolve("hugetlb.2MB.rsvd.max")).hasContent("8388608");
        assertThat(mount.resolve("kubepods/burstable/cgroup.subtree_control")).hasContent("+hugetlb");
    }

    @Test
    void aKernelThatDoesNotCountHugePagesIsLeftAlone() throws IOException {
        with(Map.of(2L << 20, 0L)).make(huge("a"));
        assertThat(mount.resolve("hugetlb")).doesNotExist();
        Files.writeString(mount.resolve("cgroup.controllers"), "cpu memory\n");
        with(Map.of(2L << 20, 0L)).make(huge("b"));
        assertThat(mount.resolve("kubepods/burstable/podb/hugetlb.2MB.max")).doesNotExist();
    }

    @Test
    void allPodsTogetherHaveTheHugePagesThatThereAre() throws IOException {
        Path limit = Files.createDirectories(mount.resolve("hugetlb")).resolve("kubepods/hugetlb.2MB.limit_in_bytes");
        Map<Long, Long> pages = new HashMap<>(Map.of(2L << 20, 16L << 20));
        Cgroups cgroups = new Cgroups(new CgroupfsDriver(Hierarchies.at(mount)), "/", -1, true,
                () -> Map.copyOf(pages));
        cgroups.enforce(new CgroupDriver.Limits(1000, 0, 1L << 30, 0));
        assertThat(limit).hasContent("16777216");
        pages.put(2L << 20, 32L << 20);
        cgroups.weigh(List.of());
        assertThat(limit).as("also those that were set aside later").hasContent("33554432");
    }

    @Test
    void aLimitThatTheKernelDoesNotTakeIsWrittenAgainAndToldOnce() throws IOException {
        Path limit = Files.createDirectories(mount.resolve("hugetlb")).resolve("kubepods/hugetlb.2MB.limit_in_bytes");
        Map<Long, Long> pages = new HashMap<>(Map.of(2L << 20, 16L << 20));
        Cgroups cgroups = new Cgroups(new CgroupfsDriver(Hierarchies.at(mount)), "/", -1, true,
                () -> Map.copyOf(pages));
        cgroups.enforce(new CgroupDriver.Limits(1000, 0, 1L << 30, 0));
        Files.delete(limit);
        Files.createDirectory(limit);
        pages.put(2L << 20, 32L << 20);
        List<String> warned = warnings(() -> {
            cgroups.weigh(List.of());
            cgroups.weigh(List.of());
        });
        assertThat(warned).containsOnlyOnce("Cannot limit huge pages cgroup={0} error={1}");
        Files.delete(limit);
        cgroups.weigh(List.of());
        assertThat(limit).hasContent("33554432");
    }

    private static List<String> warnings(Runnable work) {
        List<String> all = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                all.add(line.getMessage());
            }

            @Override
            public void flush() {
                // nothing is kept back
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
        Logger logger = Logger.getLogger("io.k3j.kubelet");
        logger.addHandler(handler);
        try {
            work.run();
        } finally {
            logger.removeHandler(handler);
        }
        return all;
    }

    private Cgroups cgroups() {
        return new Cgroups(new CgroupfsDriver(Hierarchies.at(mount)), "/", -1);
    }

    private String shares(String qos) throws IOException {
        return Files.readString(mount.resolve("cpu/kubepods").resolve(qos).resolve("cpu.shares"));
    }

    private static Obj pod(String uid, String cpu) {
        Struct resources = cpu.isEmpty() ? Struct.EMPTY : Struct.of("requests", Struct.of("cpu", cpu));
        return Obj.of(Struct.of("metadata", Struct.of("name", uid, "namespace", "ns", "uid", uid), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "c", "resources", resources)))));
    }
}

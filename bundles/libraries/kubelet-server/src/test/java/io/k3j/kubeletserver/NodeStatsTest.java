package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kubeletvolumes.DiskUsage;
import io.k3j.model.Struct;
import io.k3j.nodestatus.MachineInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeStatsTest {
    private static final Map<String, String> FILES = Map.of("/proc/stat",
            "cpu  100 0 50 9000 10 0 5 0 0 0\nbtime 1700000000\n", "/proc/meminfo",
            "MemTotal:  4000 kB\nMemFree:  1000 kB\nMemAvailable:  3000 kB\nAnonPages:  500 kB\n"
                    + "SwapTotal:  800 kB\nSwapFree:  700 kB\n",
            "/proc/vmstat",
            "pgfault 77\npgmajfault 7\n", "/proc/self/stat",
            "42 (a (b) c) S 1 2 3 4 5 6 11 0 3 0 200 100 0 0 20 0 9 0 500 1 2", "/proc/self/statm",
            "900 300 100 1 0 1 0", "/proc/net/dev",
            "Inter-|\n face |\n    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n"
                    + "  eth0: 10 1 2 0 0 0 0 0 20 1 4 0 0 0 0 0\n  eth1: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n",
            "/proc/net/route", "Iface\tDestination\tGateway\neth1\t00000000\t01\n", "/proc/loadavg",
            "0.1 0.2 0.3 2/345 9\n", "/proc/sys/kernel/pid_max", "4194304\n");
    /// Another process, the container runtime.
    private static final Map<String, String> RUNTIME = Map.of("/proc/43/stat",
            "43 (containerd) S 1 2 3 4 5 6 21 0 4 0 100 100 0 0 20 0 9 0 700 1 2", "/proc/43/statm",
            "900 400 100 1 0 1 0");
    private static final Instant NOW = Instant.ofEpochSecond(1_700_001_000);
    @TempDir
    Path disk;

    private Struct node() {
        return new NodeStats(f -> FILES.getOrDefault(f, RUNTIME.getOrDefault(f, "")), new CpuRates(), new DiskUsage())
                .of("n", NOW, disk,
                        OptionalLong.of(43), Struct.of("name", "pods"));
    }

    @Test
    void memoryIsAllThatUpstreamsCollectorsRead() {
        assertThat(node().struct("memory")).isEqualTo(Struct.of("time", "2023-11-14T22:30:00Z", "availableBytes",
                3000L << 10, "usageBytes", 3000L << 10, "workingSetBytes", 1000L << 10, "rssBytes", 500L << 10,
                "pageFaults", 77, "majorPageFaults", 7));
        assertThat(node().struct("cpu").whole("usageCoreNanoSeconds", 0)).isEqualTo(1_550_000_000L);
    }

    @Test
    void kubeletRuntimeAndAllPodsAreSystemContainers() {
        assertThat(node().seq("systemContainers").structs().stream().map(c -> c.text("name")))
                .containsExactly("kubelet", "runtime", "pods");
        Struct runtime = node().seq("systemContainers").struct(1);
        assertThat(runtime.text("startTime")).isEqualTo("2023-11-14T22:13:27Z");
        assertThat(runtime.struct("cpu").whole("usageCoreNanoSeconds", 0)).isEqualTo(2_000_000_000L);
        assertThat(runtime.struct("memory").whole("rssBytes", 0)).isEqualTo(300 * 4096);
        assertThat(runtime.struct("memory").whole("pageFaults", 0)).isEqualTo(21);
        Struct kubelet = node().seq("systemContainers").struct(0);
        assertThat(kubelet.text("startTime")).isEqualTo("2023-11-14T22:13:25Z");
        assertThat(kubelet.struct("cpu").whole("usageCoreNanoSeconds", 0)).isEqualTo(3_000_000_000L);
        assertThat(kubelet.struct("memory")).isEqualTo(Struct.of("time", "2023-11-14T22:30:00Z", "usageBytes",
                300 * 4096, "workingSetBytes", 300 * 4096, "rssBytes", 200 * 4096, "pageFaults", 11,
                "majorPageFaults", 3));
    }

    @Test
    void swapIsWhatTheKernelSays() {
        assertThat(node().struct("swap")).isEqualTo(Struct.of("time", "2023-11-14T22:30:00Z", "swapAvailableBytes",
                700L << 10, "swapUsageBytes", 100L << 10));
    }

    @Test
    void theInterfaceOfTheDefaultRouteIsTheNodes() {
        Struct network = node().struct("network");
        assertThat(network.text("name")).isEqualTo("eth1");
        assertThat(network.whole("txBytes", 0)).isEqualTo(6);
        assertThat(network.seq("interfaces").structs()).containsExactly(
                Struct.of("name", "eth0", "rxBytes", 10, "rxErrors", 2, "txBytes", 20, "txErrors", 4),
                Struct.of("name", "eth1", "rxBytes", 5, "rxErrors", 0, "txBytes", 6, "txErrors", 0));
        assertThat(node().struct("rlimit").whole("curproc", 0)).isEqualTo(345);
    }

    @Test
    void theFileSystemHasAsManyInodesAsStatSays() throws Exception {
        Process stat = new ProcessBuilder("stat", "-f", "-c", "%c", disk.toString()).start();
        long all = Long.parseLong(new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
        Struct fs = node().struct("fs");
        assertThat(fs.whole("inodes", -1)).isEqualTo(all);
        assertThat(fs.whole("inodesUsed", -1) + fs.whole("inodesFree", -1)).isEqualTo(all);
    }

    @Test
    void thisMachineHasFigures() {
        Struct node = new NodeStats(MachineInfo::text, new CpuRates(), new DiskUsage()).of("n", NOW, disk,
                OptionalLong.empty(), Struct.EMPTY);
        assertThat(node.struct("memory").whole("rssBytes", 0)).isPositive();
        assertThat(node.seq("systemContainers").struct(0).struct("memory").whole("rssBytes", 0)).isPositive();
        assertThat(node.struct("fs").whole("capacityBytes", 0)).isPositive();
    }
}

package io.k3j.kubeletcadvisor;

import static io.k3j.kubeletcadvisor.MadeUpMachine.AT;
import static io.k3j.kubeletcadvisor.MadeUpMachine.IMAGE;
import static io.k3j.kubeletcadvisor.MadeUpMachine.MAIN;
import static io.k3j.kubeletcadvisor.MadeUpMachine.SANDBOX;
import static io.k3j.kubeletcadvisor.MadeUpMachine.lines;
import static io.k3j.kubeletcadvisor.MadeUpMachine.value;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Control groups of version 2 are files in a directory.
class CadvisorMetricsTest {
    private static final String MOUNT = "/sys/fs/cgroup";
    private static final String POD = "/kubepods/burstable/podu-1";
    private static final String IN_MAIN = "container=\"main\"";
    @TempDir
    private Path directory;
    private MadeUpMachine machine;

    @BeforeEach
    void lay() throws IOException {
        machine = new MadeUpMachine(directory);
        machine.file(MOUNT + "/cgroup.controllers", "cpu io memory pids\n");
        machine.group(MOUNT + POD + "/" + SANDBOX, "cgroup.procs", "7\n");
        container("cgroup.procs", "8\n9\n");
    }

    private void container(String... files) throws IOException {
        machine.group(MOUNT + POD + "/" + MAIN, files);
    }

    private String scrape() {
        return machine.scrape("cgroupfs");
    }

    @Test
    void aContainersLinesHaveAllLabelsAndTheirTime() throws IOException {
        container("cpu.stat", "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 250000\n");
        assertThat(lines(scrape(), "container_cpu_usage_seconds_total")).containsExactly(
                "container_cpu_usage_seconds_total{container=\"main\",cpu=\"total\",id=\"" + POD + "/" + MAIN
                        + "\",image=\"" + IMAGE + "\",name=\"" + MAIN + "\",namespace=\"ns\",pod=\"p\"} 1.5" + AT);
        assertThat(value(scrape(), "container_cpu_user_seconds_total", IN_MAIN)).isEqualTo("1.0" + AT);
        assertThat(value(scrape(), "container_cpu_system_seconds_total", IN_MAIN)).isEqualTo("0.25" + AT);
    }

    @Test
    void periodsAreToldOfContainersWithAQuota() throws IOException {
        container("cpu.max", "max 100000\n", "cpu.weight", "39\n");
        String unlimited = scrape();
        assertThat(unlimited).doesNotContain("container_cpu_cfs_", "container_spec_cpu_quota");
        assertThat(value(unlimited, "container_spec_cpu_period", IN_MAIN)).isEqualTo("100000");
        assertThat(value(unlimited, "container_spec_cpu_shares", IN_MAIN)).isEqualTo("998");
        container("cpu.max", "50000 100000\n", "cpu.stat", "nr_periods 10\nnr_throttled 4\nthrottled_usec 2000000\n"
                + "nr_bursts 1\nburst_usec 500000\n");
        String limited = scrape();
        assertThat(value(limited, "container_spec_cpu_quota", IN_MAIN)).isEqualTo("50000");
        assertThat(value(limited, "container_cpu_cfs_periods_total", IN_MAIN)).isEqualTo("10" + AT);
        assertThat(value(limited, "container_cpu_cfs_throttled_periods_total", IN_MAIN)).isEqualTo("4" + AT);
        assertThat(value(limited, "container_cpu_cfs_throttled_seconds_total", IN_MAIN)).isEqualTo("2.0" + AT);
        assertThat(value(limited, "container_cpu_cfs_burst_periods_total", IN_MAIN)).isEqualTo("1" + AT);
        assertThat(value(limited, "container_cpu_cfs_burst_seconds_total", IN_MAIN)).isEqualTo("0.5" + AT);
    }

    @Test
    void memoryIsWhatTheGroupSays() throws IOException {
        container("memory.current", "1000\n", "memory.peak", "2000\n", "memory.swap.current", "30\n", "memory.stat",
                "anon 400\nfile 500\nfile_mapped 60\nactive_file 70\ninactive_file 300\npgfault 8\npgmajfault 9\n",
                "memory.events.local", "max 5\noom_kill 2\n");
        String text = scrape();
        assertThat(value(text, "container_memory_usage_bytes", IN_MAIN)).isEqualTo("1000" + AT);
        assertThat(value(text, "container_memory_working_set_bytes", IN_MAIN)).isEqualTo("700" + AT);
        assertThat(value(text, "container_memory_max_usage_bytes", IN_MAIN)).isEqualTo("2000" + AT);
        assertThat(value(text, "container_memory_rss", IN_MAIN)).isEqualTo("400" + AT);
        assertThat(value(text, "container_memory_cache", IN_MAIN)).isEqualTo("500" + AT);
        assertThat(value(text, "container_memory_swap", IN_MAIN)).isEqualTo("30" + AT);
        assertThat(value(text, "container_memory_mapped_file", IN_MAIN)).isEqualTo("60" + AT);
        assertThat(value(text, "container_memory_total_active_file_bytes", IN_MAIN)).isEqualTo("70" + AT);
        assertThat(value(text, "container_memory_total_inactive_file_bytes", IN_MAIN)).isEqualTo("300" + AT);
        assertThat(value(text, "container_oom_events_total", IN_MAIN)).isEqualTo("2" + AT);
        assertThat(value(text, "container_memory_failures_total", IN_MAIN, "failure_type=\"pgmajfault\"",
                "scope=\"hierarchy\"")).isEqualTo("9" + AT);
        assertThat(lines(text, "container_memory_failures_total", IN_MAIN)).hasSize(4);
    }

    @Test
    void noLimitOfMemoryIsToldAsNought() throws IOException {
        container("memory.max", "67108864\n", "memory.swap.max", "max\n", "memory.min", "4096\n");
        String text = scrape();
        assertThat(value(text, "container_spec_memory_limit_bytes", IN_MAIN)).isEqualTo("67108864");
        assertThat(value(text, "container_spec_memory_swap_limit_bytes", IN_MAIN)).isEqualTo("0");
        assertThat(value(text, "container_spec_memory_reservation_limit_bytes", IN_MAIN)).isEqualTo("4096");
    }

    @Test
    void aPodsNetworkIsToldWithItsSandboxAndTheMachinesWithTheMachine() throws IOException {
        String head = "Inter-|   Receive   |  Transmit\n face |bytes packets\n";
        machine.file("/proc/7/net/dev", head + "    lo: 1 1 1 1 0 0 0 0 1 1 1 1 0 0 0 0\n"
                + "  eth0: 11 12 13 14 0 0 0 0 21 22 23 24 0 0 0 0\n");
        machine.file("/proc/1/net/dev", head + "veth1: 1 1 1 1 0 0 0 0 1 1 1 1 0 0 0 0\n"
                + "  cni0:99 1 1 1 0 0 0 0 1 1 1 1 0 0 0 0\n");
        machine.file("/proc/8/net/dev", head + "  eth0: 5 5 5 5 0 0 0 0 5 5 5 5 0 0 0 0\n");
        String text = scrape();
        assertThat(lines(text, "container_network_receive_bytes_total")).containsExactly(
                "container_network_receive_bytes_total{container=\"\",id=\"/\",image=\"\",interface=\"cni0\",name=\"\""
                        + ",namespace=\"\",pod=\"\"} 99" + AT,
                "container_network_receive_bytes_total{container=\"\",id=\"" + POD + "/" + SANDBOX
                        + "\",image=\"k3j.io/pause:1\",interface=\"eth0\",name=\"" + SANDBOX
                        + "\",namespace=\"ns\",pod=\"p\"} 11" + AT);
        String eth0 = "interface=\"eth0\"";
        assertThat(value(text, "container_network_receive_packets_total", eth0)).isEqualTo("12" + AT);
        assertThat(value(text, "container_network_receive_errors_total", eth0)).isEqualTo("13" + AT);
        assertThat(value(text, "container_network_receive_packets_dropped_total", eth0)).isEqualTo("14" + AT);
        assertThat(value(text, "container_network_transmit_bytes_total", eth0)).isEqualTo("21" + AT);
        assertThat(value(text, "container_network_transmit_packets_total", eth0)).isEqualTo("22" + AT);
        assertThat(value(text, "container_network_transmit_errors_total", eth0)).isEqualTo("23" + AT);
        assertThat(value(text, "container_network_transmit_packets_dropped_total", eth0)).isEqualTo("24" + AT);
    }

    @Test
    void aPodsGroupHasItsNameAndAnyOtherNone() throws IOException {
        machine.file("/proc/self/cgroup", "0::/system.slice/k3s.service\n");
        machine.group(MOUNT + "/system.slice/k3s.service");
        machine.group(MOUNT + "/user.slice");
        machine.group(MOUNT + POD + "/" + MAIN + "/of-its-own");
        String text = scrape();
        assertThat(lines(text, "container_processes").stream().map(line -> line.substring(0, line.indexOf('}'))))
                .containsExactly(
                        "container_processes{container=\"\",id=\"/\",image=\"\",name=\"\",namespace=\"\",pod=\"\"",
                        "container_processes{container=\"\",id=\"/kubepods\",image=\"\",name=\"\""
                                + ",namespace=\"\",pod=\"\"",
                        "container_processes{container=\"\",id=\"/system.slice/k3s.service\",image=\"\",name=\"\""
                                + ",namespace=\"\",pod=\"\"",
                        "container_processes{container=\"\",id=\"/kubepods/burstable\",image=\"\",name=\"\""
                                + ",namespace=\"\",pod=\"\"",
                        "container_processes{container=\"\",id=\"" + POD + "\",image=\"\",name=\"\",namespace=\"ns\""
                                + ",pod=\"p\"",
                        "container_processes{container=\"\",id=\"" + POD + "/" + SANDBOX
                                + "\",image=\"k3j.io/pause:1\",name=\"" + SANDBOX + "\",namespace=\"ns\",pod=\"p\"",
                        "container_processes{container=\"main\",id=\"" + POD + "/" + MAIN + "\",image=\"" + IMAGE
                                + "\",name=\"" + MAIN + "\",namespace=\"ns\",pod=\"p\"",
                        "container_processes{container=\"\",id=\"" + POD + "/" + MAIN
                                + "/of-its-own\",image=\"\",name=\"\",namespace=\"\",pod=\"\"");
        assertThat(text).contains("\ncontainer_scrape_error 0\n");
    }

    @Test
    void aContainerIsLeftOutUntilTheKubeletKnowsIt() throws IOException {
        machine.group(MOUNT + POD + "/" + "c".repeat(64) + "/below");
        assertThat(scrape()).doesNotContain("c".repeat(64));
    }

    @Test
    void slicesOfSystemdAreFoundByTheirNames() throws IOException {
        String slice = "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podu_1.slice";
        machine.group(MOUNT + slice + "/cri-containerd-" + MAIN + ".scope", "memory.current", "5\n");
        machine.group(MOUNT + slice + "/run-x.mount");
        String text = machine.scrape("systemd");
        assertThat(value(text, "container_memory_usage_bytes", IN_MAIN, "pod=\"p\"",
                "id=\"" + slice + "/cri-containerd-" + MAIN + ".scope\"")).isEqualTo("5" + AT);
        assertThat(value(text, "container_memory_usage_bytes", "id=\"" + slice + "\"", "namespace=\"ns\""))
                .isEqualTo("0" + AT);
        assertThat(text).doesNotContain("run-x.mount");
    }

    @Test
    void groupsAreShownUpToANumberUpperOnesFirst() throws IOException {
        machine.file("/proc/self/cgroup", "0::/k3s.service\n");
        machine.group(MOUNT + "/k3s.service");
        machine.group(MOUNT + POD + "/" + MAIN + "/deep/deeper");
        KernelText kernel = new KernelText(directory);
        CgroupTree tree = new CgroupTree(CgroupFiles.at(kernel), machine.node("cgroupfs"), 6);
        assertThat(tree.entries().stream().map(CgroupEntry::id)).containsExactly("/", "/kubepods", "/k3s.service",
                "/kubepods/burstable", POD, POD + "/" + SANDBOX);
        assertThat(tree.complete()).isFalse();
        assertThat(new CgroupTree(CgroupFiles.at(kernel), machine.node("cgroupfs"), 9).complete()).isTrue();
    }

    @Test
    void aGroupWithALongPathIsLeftOutAndTold() throws IOException {
        String name = "d".repeat(250);
        String other = "e".repeat(250);
        machine.group(MOUNT + POD + "/" + MAIN + "/" + name + "/" + other);
        assertThat(scrape()).contains(name, "\ncontainer_scrape_error 1\n").doesNotContain(other);
    }

    @Test
    void interfacesAreToldUpToANumber() {
        StringBuilder dev = new StringBuilder("\n\n");
        for (int i = 0; i <= InterfaceCounters.MOST; i++) {
            dev.append("e").append(i).append(": 1 1 1 1 0 0 0 0 1 1 1 1 0 0 0 0\n");
        }
        assertThat(InterfaceCounters.of(dev.toString())).hasSize(InterfaceCounters.MOST);
    }

    @Test
    void theMachinesMemoryIsWhatAllOfItHas() throws IOException {
        machine.file(MOUNT + "/memory.stat", "anon 100\nfile 200\ninactive_file 50\n");
        String text = scrape();
        String id = "id=\"/\"";
        assertThat(value(text, "container_memory_usage_bytes", id)).isEqualTo("300" + AT);
        assertThat(value(text, "container_memory_working_set_bytes", id)).isEqualTo("250" + AT);
        assertThat(value(text, "container_memory_swap", id)).isEqualTo("102400" + AT);
        assertThat(value(text, "container_spec_memory_limit_bytes", id)).isEqualTo("1024000");
        assertThat(value(text, "container_spec_memory_swap_limit_bytes", id)).isEqualTo("512000");
    }

    @Test
    void aGroupIsAsOldAsTheOldestOfItsFilesAndNoOlderThanTheMachine() throws IOException {
        container("cgroup.events", "populated 1\n");
        Path group = directory.resolve((MOUNT + POD + "/" + MAIN).substring(1));
        Files.setLastModifiedTime(group.resolve("cgroup.events"), FileTime.from(Instant.ofEpochSecond(1_650_000_000)));
        assertThat(value(scrape(), "container_start_time_seconds", IN_MAIN)).isEqualTo("1650000000");
        Files.setLastModifiedTime(group.resolve("cgroup.events"), FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
        // the minute of its start
        assertThat(value(scrape(), "container_start_time_seconds", IN_MAIN)).isEqualTo("1600000020");
    }

    @Test
    void processesFilesSocketsAndThreadsAreCounted() throws IOException {
        container("pids.current", "5\n", "pids.max", "max\n");
        for (String pid : List.of("8", "9")) {
            Path open = Files.createDirectories(directory.resolve("proc/" + pid + "/fd"));
            Files.createSymbolicLink(open.resolve("0"), Path.of("/dev/null"));
            Files.createSymbolicLink(open.resolve("3"), Path.of("socket:[17]"));
        }
        machine.file("/proc/8/limits", "Limit   Soft Limit   Hard Limit   Units\n"
                + "Max open files            1024                 524288               files     \n");
        String text = scrape();
        assertThat(value(text, "container_processes", IN_MAIN)).isEqualTo("2" + AT);
        assertThat(value(text, "container_file_descriptors", IN_MAIN)).isEqualTo("4" + AT);
        assertThat(value(text, "container_sockets", IN_MAIN)).isEqualTo("2" + AT);
        assertThat(value(text, "container_threads", IN_MAIN)).isEqualTo("5" + AT);
        assertThat(value(text, "container_threads_max", IN_MAIN)).isEqualTo("0" + AT);
        assertThat(lines(text, "container_ulimits_soft")).hasSize(1);
        assertThat(value(text, "container_ulimits_soft", IN_MAIN, "ulimit=\"max_open_files\"")).isEqualTo("1024" + AT);
    }

    @Test
    void whoHasTooMuchOpenHasNoCount() throws IOException {
        Path open = Files.createDirectories(directory.resolve("proc/8/fd"));
        Files.createFile(open.resolve("0"));
        Files.createFile(open.resolve("1"));
        assertThat(new OpenFiles(new KernelText(directory), 3).of(List.of("8"))).isEqualTo(new OpenFiles.Count(2, 0));
        OpenFiles few = new OpenFiles(new KernelText(directory), 2);
        assertThat(few.of(List.of("8")).known()).isFalse();
        assertThat(few.of(List.of("9")).known()).isFalse();
    }

    @Test
    void pressureIsToldWhereTheKernelCountsIt() throws IOException {
        container("cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=2000000\n"
                + "full avg10=0.00 avg60=0.00 avg300=0.00 total=500000\n");
        assertThat(scrape()).doesNotContain("container_pressure_");
        machine.file("/proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n");
        String text = scrape();
        assertThat(value(text, "container_pressure_cpu_waiting_seconds_total", IN_MAIN)).isEqualTo("2.0" + AT);
        assertThat(value(text, "container_pressure_cpu_stalled_seconds_total", IN_MAIN)).isEqualTo("0.5" + AT);
        assertThat(value(text, "container_pressure_io_waiting_seconds_total", IN_MAIN)).isEqualTo("0.0" + AT);
        assertThat(value(text, "container_pressure_memory_stalled_seconds_total", IN_MAIN)).isEqualTo("0.0" + AT);
    }

    @Test
    void eachFamilyStandsOnceWithAllItsLinesInTheOrderOfNames() throws IOException {
        container("cpu.stat", "usage_usec 1\n");
        String text = scrape();
        List<String> names = text.lines().filter(line -> !line.startsWith("#")).map(line -> line.split("[{ ]")[0])
                .toList();
        List<String> families = List.copyOf(new LinkedHashSet<>(names));
        assertThat(names).isSortedAccordingTo(Comparator.comparing(families::indexOf));
        assertThat(text.lines().filter(line -> line.startsWith("# TYPE ")).map(line -> line.split(" ")[2]))
                .containsExactlyElementsOf(families);
        assertThat(families).contains("cadvisor_version_info", "container_health_state", "container_last_seen",
                "container_tasks_state", "container_cpu_load_average_10s", "machine_scrape_error");
    }
}

package io.k3j.kubeletcadvisor;

import static io.k3j.kubeletcadvisor.MadeUpMachine.AT;
import static io.k3j.kubeletcadvisor.MadeUpMachine.MAIN;
import static io.k3j.kubeletcadvisor.MadeUpMachine.lines;
import static io.k3j.kubeletcadvisor.MadeUpMachine.value;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Control groups of version 1 are files in a directory for each controller.
class ControllerGroupsTest {
    private static final String GROUP = "/kubepods/podu-1/" + MAIN;
    private static final String IN_MAIN = "container=\"main\"";
    @TempDir
    private Path directory;
    private MadeUpMachine machine;

    @BeforeEach
    void lay() throws IOException {
        machine = new MadeUpMachine(directory);
        for (String controller : List.of("cpu", "cpuacct", "memory", "pids", "blkio")) {
            group(controller);
        }
    }

    private void group(String controller, String... files) throws IOException {
        machine.group("/sys/fs/cgroup/" + controller + GROUP, files);
    }

    private String scrape() {
        return machine.scrape("cgroupfs");
    }

    @Test
    void processorTimeIsInTwoHierarchies() throws IOException {
        group("cpuacct", "cpuacct.usage", "1500000000\n", "cpuacct.stat", "user 100\nsystem 25\n");
        group("cpu", "cpu.stat", "nr_periods 10\nnr_throttled 4\nthrottled_time 2000000000\n", "cpu.shares", "512\n",
                "cpu.cfs_period_us", "100000\n", "cpu.cfs_quota_us", "50000\n");
        String text = scrape();
        assertThat(value(text, "container_cpu_usage_seconds_total", IN_MAIN, "cpu=\"total\"")).isEqualTo("1.5" + AT);
        assertThat(value(text, "container_cpu_user_seconds_total", IN_MAIN)).isEqualTo("1.0" + AT);
        assertThat(value(text, "container_cpu_system_seconds_total", IN_MAIN)).isEqualTo("0.25" + AT);
        assertThat(value(text, "container_cpu_cfs_periods_total", IN_MAIN)).isEqualTo("10" + AT);
        assertThat(value(text, "container_cpu_cfs_throttled_seconds_total", IN_MAIN)).isEqualTo("2.0" + AT);
        assertThat(value(text, "container_spec_cpu_shares", IN_MAIN)).isEqualTo("512");
        assertThat(value(text, "container_spec_cpu_quota", IN_MAIN)).isEqualTo("50000");
    }

    @Test
    void aQuotaOfMinusOneIsNone() throws IOException {
        group("cpu", "cpu.cfs_period_us", "100000\n", "cpu.cfs_quota_us", "-1\n");
        assertThat(scrape()).doesNotContain("container_spec_cpu_quota", "container_cpu_cfs_")
                .contains("container_spec_cpu_period");
    }

    @Test
    void memoryIsThatOfAllBelowWhereTheKernelAddsItUp() throws IOException {
        group("memory", "memory.usage_in_bytes", "1000\n", "memory.max_usage_in_bytes", "2000\n", "memory.failcnt",
                "3\n", "memory.kmem.usage_in_bytes", "40\n", "memory.use_hierarchy", "1\n", "memory.stat",
                "cache 1\nrss 1\nswap 1\nmapped_file 1\npgfault 8\npgmajfault 9\ntotal_cache 500\ntotal_rss 400\n"
                        + "total_swap 30\ntotal_mapped_file 60\ntotal_active_file 70\ntotal_inactive_file 300\n",
                "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n", "memory.limit_in_bytes",
                "9223372036854771712\n", "memory.memsw.limit_in_bytes", "4096\n");
        String text = scrape();
        assertThat(value(text, "container_memory_usage_bytes", IN_MAIN)).isEqualTo("1000" + AT);
        assertThat(value(text, "container_memory_max_usage_bytes", IN_MAIN)).isEqualTo("2000" + AT);
        assertThat(value(text, "container_memory_failcnt", IN_MAIN)).isEqualTo("3" + AT);
        assertThat(value(text, "container_memory_kernel_usage", IN_MAIN)).isEqualTo("40" + AT);
        assertThat(value(text, "container_memory_cache", IN_MAIN)).isEqualTo("500" + AT);
        assertThat(value(text, "container_memory_rss", IN_MAIN)).isEqualTo("400" + AT);
        assertThat(value(text, "container_memory_swap", IN_MAIN)).isEqualTo("30" + AT);
        assertThat(value(text, "container_memory_mapped_file", IN_MAIN)).isEqualTo("60" + AT);
        assertThat(value(text, "container_memory_working_set_bytes", IN_MAIN)).isEqualTo("700" + AT);
        assertThat(value(text, "container_oom_events_total", IN_MAIN)).isEqualTo("2" + AT);
        assertThat(value(text, "container_spec_memory_limit_bytes", IN_MAIN)).isEqualTo("0");
        assertThat(value(text, "container_spec_memory_swap_limit_bytes", IN_MAIN)).isEqualTo("4096");
    }

    @Test
    void whatIsReadAndWrittenIsToldByWhoCountsIt() throws IOException {
        machine.file("/proc/diskstats", "   8       0 sda 1 2 3 4 5 6 7 8 9 10 11 0 0\n");
        group("blkio", "blkio.throttle.io_serviced_recursive", "8:0 Read 5\n8:0 Write 6\n8:0 Total 11\nTotal 11\n",
                "blkio.throttle.io_service_bytes_recursive", "8:0 Read 4096\n8:0 Write 8192\nTotal 12288\n",
                "blkio.throttle.io_serviced", "8:0 Read 1\n");
        String text = scrape();
        assertThat(value(text, "container_fs_reads_total", IN_MAIN, "device=\"/dev/sda\"")).isEqualTo("5" + AT);
        assertThat(value(text, "container_fs_writes_total", IN_MAIN)).isEqualTo("6" + AT);
        assertThat(value(text, "container_fs_reads_bytes_total", IN_MAIN)).isEqualTo("4096" + AT);
        assertThat(value(text, "container_fs_writes_bytes_total", IN_MAIN)).isEqualTo("8192" + AT);
        assertThat(value(text, "container_blkio_device_usage_total", IN_MAIN, "major=\"8\"", "minor=\"0\"",
                "operation=\"Write\"")).isEqualTo("8192" + AT);
    }

    @Test
    void threadsAndProcessesAreInHierarchiesOfTheirOwn() throws IOException {
        group("pids", "pids.current", "5\n", "pids.max", "100\n");
        group("cpu", "cgroup.procs", "8\n9\n10\n");
        String text = scrape();
        assertThat(value(text, "container_threads", IN_MAIN)).isEqualTo("5" + AT);
        assertThat(value(text, "container_threads_max", IN_MAIN)).isEqualTo("100" + AT);
        assertThat(value(text, "container_processes", IN_MAIN)).isEqualTo("3" + AT);
    }

    @Test
    void theKubeletsOwnGroupIsThatOfProcessors() throws IOException {
        machine.file("/proc/self/cgroup", "9:name=systemd:/x\n4:cpu,cpuacct:/system.slice/k3s.service\n0::/\n");
        machine.group("/sys/fs/cgroup/memory/system.slice/k3s.service");
        machine.file("/proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n");
        String text = scrape();
        assertThat(lines(text, "container_processes", "id=\"/system.slice/k3s.service\"")).hasSize(1);
        assertThat(text).doesNotContain("container_pressure_");
    }
}

package io.k3j.kubeletcadvisor;

import static io.k3j.kubeletcadvisor.MadeUpMachine.AT;
import static io.k3j.kubeletcadvisor.MadeUpMachine.MAIN;
import static io.k3j.kubeletcadvisor.MadeUpMachine.lines;
import static io.k3j.kubeletcadvisor.MadeUpMachine.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kubeletvolumes.DiskUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// File systems and disks of the machine, from made-up tables; the sizes are those of the test's own disk.
class NodeFileSystemsTest {
    private static final String MOUNT = "/sys/fs/cgroup";
    @TempDir
    private Path directory;
    private MadeUpMachine machine;

    @BeforeEach
    void lay() throws IOException {
        machine = new MadeUpMachine(directory);
        machine.file(MOUNT + "/cgroup.controllers", "cpu io memory pids\n");
        machine.group(MOUNT + "/kubepods/podu-1/" + MAIN, "io.stat",
                "8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0 cost.usage=2500000\n7:0 \n");
        machine.file("/proc/diskstats", "   8       0 sda 1 2 3 4000 5 6 7 8000 9 10000 11000 0 0\n"
                + "   8       1 sda1 21 22 23 24000 25 26 27 28000 29 30000 31000 0 0\n   7       0 loop0 1 1 1 1 1 1 1"
                + " 1 1 1 1\n");
        Files.createDirectories(directory.resolve("data disk"));
        Files.createDirectories(directory.resolve("run"));
        machine.file("/proc/self/mountinfo", """
                1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
                2 1 0:5 / /proc rw - proc proc rw
                3 1 0:6 / /run rw,nosuid shared:2 master:3 - tmpfs tmpfs rw
                4 1 8:0 / /data\\040disk rw - xfs /dev/sda rw
                5 1 8:0 / /run rw - xfs /dev/sda rw
                6 1 0:9 / /var/lib/kubelet/pods/u-1/volumes/x rw - tmpfs tmpfs rw
                7 1 0:10 / /run/k3s/containerd/io.containerd.grpc.v1.cri/sandboxes/x/shm rw - tmpfs shm rw
                8 1 0:11 / /nfs rw - nfs4 server:/x rw
                """);
    }

    @Test
    void thoseOfTheNodeAreToldWithTheMachine() throws IOException {
        String text = machine.scrape("cgroupfs");
        assertThat(lines(text, "container_fs_limit_bytes").stream().map(line -> line.split("\"")[3]))
                .containsExactly("/dev/sda1", "/run", "/dev/sda");
        DiskUsage.FileSystem disk = new DiskUsage().fileSystem(directory);
        assertThat(value(text, "container_fs_limit_bytes", "device=\"/dev/sda1\"", "id=\"/\""))
                .isEqualTo(disk.capacityBytes() + AT);
        assertThat(lines(text, "container_fs_usage_bytes")).hasSize(3);
        assertThat(lines(text, "container_fs_inodes_total")).hasSize(3);
        assertThat(lines(text, "container_fs_inodes_free")).hasSize(3);
    }

    @Test
    void thoseOfPodsAreLeftOutWhereTheirDirectoryIsALink() throws IOException {
        Files.createDirectories(directory.resolve("data disk/kubelet/pods/u-1/volumes/x"));
        Files.createSymbolicLink(Files.createDirectories(directory.resolve("var/lib")).resolve("kubelet"),
                Path.of("../../data disk/kubelet"));
        machine.file("/proc/self/mountinfo", """
                1 0 8:1 / / rw - ext4 /dev/sda1 rw
                2 1 0:9 / /data\\040disk/kubelet/pods/u-1/volumes/x rw - tmpfs tmpfs rw
                """);
        assertThat(lines(machine.scrape("cgroupfs"), "container_fs_limit_bytes")).hasSize(1);
    }

    @Test
    void whatWasDoneOnThemIsThatOfTheirDevices() {
        String text = machine.scrape("cgroupfs");
        String sda1 = "device=\"/dev/sda1\"";
        assertThat(value(text, "container_fs_reads_total", sda1)).isEqualTo("21" + AT);
        assertThat(value(text, "container_fs_reads_merged_total", sda1)).isEqualTo("22" + AT);
        assertThat(value(text, "container_fs_sector_reads_total", sda1)).isEqualTo("23" + AT);
        assertThat(value(text, "container_fs_read_seconds_total", sda1)).isEqualTo("24.0" + AT);
        assertThat(value(text, "container_fs_writes_total", sda1)).isEqualTo("25" + AT);
        assertThat(value(text, "container_fs_write_seconds_total", sda1)).isEqualTo("28.0" + AT);
        assertThat(value(text, "container_fs_io_current", sda1)).isEqualTo("29" + AT);
        assertThat(value(text, "container_fs_io_time_seconds_total", sda1)).isEqualTo("30.0" + AT);
        assertThat(value(text, "container_fs_io_time_weighted_seconds_total", sda1)).isEqualTo("31.0" + AT);
        assertThat(value(text, "container_fs_reads_total", "device=\"/run\"")).isEqualTo("0" + AT);
    }

    @Test
    void aContainersReadsAndWritesAreToldByDisk() {
        String text = machine.scrape("cgroupfs");
        String[] main = {"container=\"main\"", "device=\"/dev/sda\""};
        assertThat(value(text, "container_fs_reads_bytes_total", main)).isEqualTo("4096" + AT);
        assertThat(value(text, "container_fs_writes_bytes_total", main)).isEqualTo("8192" + AT);
        assertThat(value(text, "container_fs_reads_total", main)).isEqualTo("1" + AT);
        assertThat(value(text, "container_fs_writes_total", main)).isEqualTo("2" + AT);
        assertThat(value(text, "container_fs_io_cost_usage_seconds_total", main)).isEqualTo("2.5" + AT);
        assertThat(lines(text, "container_blkio_device_usage_total")).containsExactly(
                "container_blkio_device_usage_total{container=\"main\",device=\"/dev/sda\",id=\"/kubepods/podu-1/"
                        + MAIN + "\",image=\"" + MadeUpMachine.IMAGE + "\",major=\"8\",minor=\"0\",name=\"" + MAIN
                        + "\",namespace=\"ns\",operation=\"Read\",pod=\"p\"} 4096" + AT,
                "container_blkio_device_usage_total{container=\"main\",device=\"/dev/sda\",id=\"/kubepods/podu-1/"
                        + MAIN + "\",image=\"" + MadeUpMachine.IMAGE + "\",major=\"8\",minor=\"0\",name=\"" + MAIN
                        + "\",namespace=\"ns\",operation=\"Write\",pod=\"p\"} 8192" + AT);
    }

    @Test
    void aDeviceThatTheMachineAlsoCountsIsToldOnce() throws IOException {
        machine.file(MOUNT + "/io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4\n");
        assertThat(value(machine.scrape("cgroupfs"), "container_fs_reads_total", "id=\"/\"", "device=\"/dev/sda\""))
                .isEqualTo("3" + AT);
    }
}

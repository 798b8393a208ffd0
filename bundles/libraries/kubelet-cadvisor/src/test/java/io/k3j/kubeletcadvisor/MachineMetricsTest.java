package io.k3j.kubeletcadvisor;

import static io.k3j.kubeletcadvisor.MadeUpMachine.value;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The machine is files in a directory.
class MachineMetricsTest {
    @TempDir
    private Path directory;
    private MadeUpMachine machine;

    @BeforeEach
    void lay() throws IOException {
        machine = new MadeUpMachine(directory);
        machine.file("/etc/machine-id", "m\n");
        machine.file("/sys/class/dmi/id/product_uuid", "s\n");
        machine.file("/proc/sys/kernel/random/boot_id", "b\n");
    }

    @Test
    void itsProcessorsAndMemoryHaveItsIdsAndNoTime() throws IOException {
        StringBuilder processors = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            processors.append("processor\t: ").append(i).append("\nphysical id\t: 0\ncore id\t\t: ").append(i / 2)
                    .append("\n\n");
        }
        machine.file("/proc/cpuinfo", processors.toString());
        String text = machine.scrape("cgroupfs");
        assertThat(text).contains("\nmachine_cpu_cores{boot_id=\"b\",machine_id=\"m\",system_uuid=\"s\"} 4\n",
                "\nmachine_nvm_capacity{boot_id=\"b\",machine_id=\"m\",mode=\"memory_mode\",system_uuid=\"s\"} 0\n");
        assertThat(value(text, "machine_cpu_physical_cores")).isEqualTo("2");
        assertThat(value(text, "machine_cpu_sockets")).isEqualTo("1");
        assertThat(value(text, "machine_memory_bytes")).isEqualTo("1024000");
        assertThat(value(text, "machine_swap_bytes")).isEqualTo("512000");
        assertThat(text).doesNotContain("machine_dimm").contains("\nmachine_scrape_error 0\n");
    }

    @Test
    void coresAreCountedBySysWhereProcDoesNot() throws IOException {
        machine.file("/proc/cpuinfo", "processor\t: 0\nprocessor\t: 1\n");
        for (int i = 0; i < 2; i++) {
            machine.file("/sys/devices/system/cpu/cpu" + i + "/topology/core_id", i + "\n");
            machine.file("/sys/devices/system/cpu/cpu" + i + "/topology/physical_package_id", "0\n");
        }
        machine.file("/sys/devices/system/cpu/cpufreq/x", "1\n");
        String text = machine.scrape("cgroupfs");
        assertThat(value(text, "machine_cpu_physical_cores")).isEqualTo("2");
        assertThat(value(text, "machine_cpu_sockets")).isEqualTo("1");
    }

    @Test
    void modulesOfMemoryAreAddedUpByType() throws IOException {
        for (int i = 0; i < 2; i++) {
            machine.file("/sys/devices/system/edac/mc/mc0/dimm" + i + "/dimm_mem_type", "Registered-DDR4\n");
            machine.file("/sys/devices/system/edac/mc/mc0/dimm" + i + "/size", "1024\n");
        }
        String text = machine.scrape("cgroupfs");
        assertThat(value(text, "machine_dimm_count", "type=\"Registered-DDR4\"")).isEqualTo("2");
        assertThat(value(text, "machine_dimm_capacity_bytes")).isEqualTo("2147483648");
    }

    @Test
    void versionsAreLabels() throws IOException {
        machine.file("/etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian 13\"\n");
        machine.file("/proc/sys/kernel/osrelease", "6.12.0\n");
        assertThat(machine.scrape("cgroupfs")).contains("\ncadvisor_version_info{cadvisorRevision=\"\","
                + "cadvisorVersion=\"\",dockerVersion=\"\",kernelVersion=\"6.12.0\",osVersion=\"Debian 13\"} 1\n");
    }
}

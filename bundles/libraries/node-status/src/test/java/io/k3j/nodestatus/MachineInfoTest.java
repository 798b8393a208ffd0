package io.k3j.nodestatus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineInfoTest {
    @Test
    void settingsOfTheKernelAreReadWhole() {
        // the kernel takes none below 301
        assertThat(Integer.parseInt(MachineInfo.text("/proc/sys/kernel/pid_max").strip())).isGreaterThan(300);
    }
}

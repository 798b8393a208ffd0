package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class KernelDefaultsTest {
    @Test
    void settingsOfTheKernelAreReadWhole() throws IOException {
        String actual = Files.readAllLines(Path.of("/proc/sys/kernel/keys/root_maxbytes")).getFirst();
        assertThat(String.join(" ", KernelDefaults.problems(Path.of("/proc/sys")))
                .contains("kernel.keys.root_maxbytes, expected")).isEqualTo(!actual.equals("25000000"));
    }
}

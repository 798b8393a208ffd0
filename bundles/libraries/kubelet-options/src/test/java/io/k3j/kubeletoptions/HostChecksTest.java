package io.k3j.kubeletoptions;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletconfig.KubeletDefaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostChecksTest {
    private static final String HEADING = "Filename\tType\tSize\tUsed\tPriority\n";
    @TempDir
    private Path machine;

    private void check(Map<String, String> arguments) throws IOException {
        HostChecks.check(new KubeletOptions("n", Path.of("/d"), Path.of("/r"), Path.of("/l"), "/", List.of(),
                "cluster.local", arguments, new KubeletDefaults(Path.of("/d"), List.of(), List.of(), "cluster.local",
                        "", List.of())),
                machine.resolve("swaps"), machine);
    }

    @Test
    void aMachineThatSwapsIsRefusedWhereThatIsSaid() throws IOException {
        Map<String, String> strict = Map.of("fail-swap-on", "true");
        assertThatCode(() -> check(strict)).as("a kernel without swap").doesNotThrowAnyException();
        Files.writeString(machine.resolve("swaps"), HEADING);
        assertThatCode(() -> check(strict)).doesNotThrowAnyException();
        Files.writeString(machine.resolve("swaps"), HEADING + "/dev/sda2 partition 8388604 0 -2\n");
        assertThatThrownBy(() -> check(strict)).isInstanceOf(IllegalStateException.class)
                .hasMessage("running with swap on is not supported, please disable swap or set --fail-swap-on flag to"
                        + " false");
        assertThatCode(() -> check(Map.of())).doesNotThrowAnyException();
    }

    @Test
    void controlGroupsOfTheFirstVersionAreRefusedWhereThatIsSaid() throws IOException {
        Map<String, String> strict = Map.of("fail-cgroupv1", "true");
        assertThatThrownBy(() -> check(strict)).isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("kubelet is configured to not run on a host using cgroup v1");
        Files.createFile(machine.resolve("cgroup.controllers"));
        assertThatCode(() -> check(strict)).doesNotThrowAnyException();
    }
}

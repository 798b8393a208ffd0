package com.example.nodebridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is done on a machine, and in which order.
class MachineTest {
    private static final BridgeNetwork NETWORK = new BridgeNetwork(List.of("10.42.1.0/24"), List.of("10.42.1.1"));
    @TempDir
    private Path links;
    @TempDir
    private Path configurations;
    private final List<String> typed = new ArrayList<>();

    private Machine machine() {
        return new Machine(links, configurations, line -> typed.add(String.join(" ", line)));
    }

    private Path file() {
        return configurations.resolve("10-node-bridge.conflist");
    }

    @Test
    void makesTheDeviceWhereItIsMissing() throws IOException {
        machine().setUp(NETWORK);
        assertThat(typed).containsExactly("ip link add pods0 type bridge", "ip address replace 10.42.1.1/24 dev pods0",
                "ip link set pods0 up");
        assertThat(file()).hasContent(NETWORK.configuration(Machine.DEVICE));
        assertThat(configurations.toFile().list()).as("nothing is left beside it").hasSize(1);
    }

    @Test
    void keepsTheDeviceThatIsThere() throws IOException {
        Files.createFile(links.resolve(Machine.DEVICE));
        machine().setUp(NETWORK);
        assertThat(typed).containsExactly("ip address replace 10.42.1.1/24 dev pods0", "ip link set pods0 up");
    }

    @Test
    void noPodIsStartedOnADeviceThatIsNotReady() {
        Machine machine = new Machine(links, configurations, line -> {
            throw new IOException("RTNETLINK answers: Operation not permitted");
        });
        assertThatThrownBy(() -> machine.setUp(NETWORK)).hasMessageContaining("not permitted");
        assertThat(file()).doesNotExist();
    }

    @Test
    void takesBothAwayAndNothingWhereThereIsNothing() throws IOException {
        machine().remove();
        assertThat(typed).isEmpty();
        Files.createFile(links.resolve(Machine.DEVICE));
        machine().setUp(NETWORK);
        typed.clear();
        machine().remove();
        assertThat(typed).containsExactly("ip link delete pods0");
        assertThat(file()).doesNotExist();
    }
}

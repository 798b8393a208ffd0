package io.k3j.nodetunnels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is dialled without a tunnel.
class EgressDialerTest {
    private final NodeTunnels tunnels = new NodeTunnels(new Random(7), 1 << 30);
    private final List<String> direct = new ArrayList<>();

    @AfterEach
    void close() {
        tunnels.close();
    }

    private EgressDialer dialer(String mode) {
        return new EgressDialer(mode, "server-1", tunnels, node -> node.startsWith("server-"), (node, host, port) -> {
            direct.add(node + " " + host + ":" + port);
            return NodeTunnelsTest.duplex(new Socket());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent", "disabled", "cluster", "pod"})
    void aPodsPortIsNotTheKubelets(String mode) throws Exception {
        for (int port : new int[] {10_250, 10_010}) {
            dialer(mode).dial("node-2", "10.42.1.5", port);
        }
        assertThat(direct).containsExactly("node-2 10.42.1.5:10250", "node-2 10.42.1.5:10010");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "::1", "0.0.0.0", "::", "169.254.169.254", "fe80::1", "224.0.0.1", "localhost"})
    void noOtherNodeHasThisMachinesAddresses(String address) {
        assertThatThrownBy(() -> dialer("agent").dialKubelet("server-2", address, 6443))
                .hasMessageContaining("node server-2 gives the address " + address);
        assertThatThrownBy(() -> dialer("disabled").dialKubelet("node-2", address, 6443))
                .hasMessageContaining("node node-2 gives the address " + address);
        assertThat(direct).isEmpty();
    }

    @Test
    void aServersKubeletIsDialledWhereItsNodeSays() throws Exception {
        dialer("agent").dialKubelet("server-2", "192.0.2.8", 10_250);
        dialer("agent").dialKubelet("server-1", "127.0.0.1", 10_250);
        assertThat(direct).containsExactly("server-2 192.0.2.8:10250", "server-1 127.0.0.1:10250");
    }
}

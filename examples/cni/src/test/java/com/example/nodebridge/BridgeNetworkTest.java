package com.example.nodebridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.PodNetwork;
import io.k3j.testkit.PodNetworkContract;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Keeps what every pod network promises, of a Node that names IPv6 first.
class BridgeNetworkTest extends PodNetworkContract {
    private final BridgeNetwork network = BridgeNetwork.of(node("fd42:0:0:1::/64", "10.42.1.0/24"));

    private static Obj node(Object... ranges) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "one"), "spec",
                Struct.of("podCIDRs", Seq.of(ranges))));
    }

    @Override
    protected PodNetwork network() {
        return network;
    }

    @Test
    void theNodeHasTheFirstAddressOfEachRange() {
        assertThat(network.gateways()).containsExactly("10.42.1.1", "fd42:0:0:1:0:0:0:1");
        assertThat(network.addresses()).containsExactly("10.42.1.1/24", "fd42:0:0:1:0:0:0:1/64");
    }

    @Test
    void podsGetAddressesOfEachRange() {
        assertThat(network.configuration("pods0")).contains("\"bridge\": \"pods0\"",
                "\"ranges\": [[{\"subnet\": \"10.42.1.0/24\"}], [{\"subnet\": \"fd42:0:0:1::/64\"}]]");
    }

    @Test
    void aNodeWithoutRangesHasNoNetworkYet() {
        assertThat(BridgeNetwork.of(node())).isEqualTo(new BridgeNetwork(List.of(), List.of()));
    }

    @Test
    void whatIsNoRangeIsRefused() {
        assertThatThrownBy(() -> BridgeNetwork.of(node("10.42.1.0"))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10.42.1.0 is no range");
        assertThatThrownBy(() -> BridgeNetwork.of(node("pods/24"))).isInstanceOf(IllegalArgumentException.class);
    }
}

package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NetworkPlanTest {
    private final NetworkPlan plan = new NetworkPlan(
            List.of(Cidr.parse("10.42.3.0/24"), Cidr.parse("fd00:42:0:3::/64")),
            List.of(Cidr.parse("10.42.0.0/16"), Cidr.parse("fd00:42::/56")), 1450, false);

    @Test
    void configuresBothRangesInTheBridgePlugin() {
        Struct list = Json.object(plan.conflist());
        Struct bridge = list.seq("plugins").struct(0);
        assertThat(list.text("name")).isEqualTo("cbr0");
        assertThat(bridge.text("bridge")).isEqualTo("cni0");
        assertThat(bridge.flag("hairpinMode")).isTrue();
        assertThat(bridge.struct("ipam").seq("ranges").toString()).contains("10.42.3.0/24")
                .contains("fd00:42:0:3::/64");
        assertThat(list.seq("plugins").structs()).extracting(p -> p.text("type")).containsExactly("bridge", "portmap",
                "bandwidth");
    }

    @Test
    void writesTheSubnetFile() {
        assertThat(new String(plan.subnetEnv(), StandardCharsets.UTF_8)).contains("FLANNEL_NETWORK=10.42.0.0/16\n")
                .contains("FLANNEL_SUBNET=10.42.3.1/24\n").contains("FLANNEL_MTU=1450\n")
                .contains("FLANNEL_IPMASQ=true\n");
    }

    @Test
    void givesTheBridgeTheFirstAddress() {
        assertThat(plan.links()).contains(List.of("ip", "address", "replace", "10.42.3.1/24", "dev", "cni0"),
                List.of("ip", "address", "replace", "fd00:42:0:3::1/64", "dev", "cni0", "nodad"));
    }

    @Test
    void masqueradesOnlyTrafficThatLeavesThePodNetwork() {
        String script = plan.tables().getFirst().restated(Set.of());
        assertThat(script).containsSubsequence("postrtg ip saddr 10.42.3.0/24 ip daddr 10.42.0.0/16 return",
                "postrtg ip saddr 10.42.0.0/16 ip daddr 10.42.3.0/24 return",
                "postrtg ip saddr != 10.42.0.0/16 ip daddr 10.42.3.0/24 return",
                "postrtg ip saddr 10.42.0.0/16 ip daddr != 224.0.0.0/4 masquerade fully-random",
                "postrtg ip saddr != 10.42.0.0/16 ip daddr 10.42.0.0/16 masquerade fully-random");
    }

    @Test
    void doesNotMasqueradeIpv6ByDefault() {
        assertThat(plan.tables().getLast().restated(Set.of())).doesNotContain("masquerade");
        assertThat(new NetworkPlan(plan.ranges(), plan.cluster(), 1450, true).tables().getLast()
                .restated(Set.of())).contains("masquerade");
    }
}

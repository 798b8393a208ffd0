package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.componentapi.ClusterSettings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeFamiliesTest {
    private static final ClusterSettings CLUSTER = new ClusterSettings(Map.of("clusterDomain", "x"), Set.of("traefik"));

    private static Object nodeIp(List<String> cidrs, String... nodeIps) {
        ClusterSettings fitted = NodeFamilies.fitted(CLUSTER, cidrs, List.of(nodeIps));
        assertThat(fitted.disabled()).containsExactly("traefik");
        assertThat(fitted.values()).containsEntry("clusterDomain", "x");
        return fitted.values().get("nodeIp");
    }

    @Test
    void theFirstAddressIsOfTheFamilyTheClusterBeginsWith() {
        assertThat(nodeIp(List.of("fd00:42::/56"), "192.0.2.7", "2001:db8::7"))
                .isEqualTo(new String[] {"2001:db8::7", "192.0.2.7"});
        assertThat(nodeIp(List.of("10.42.0.0/16", "fd00:42::/56"), "192.0.2.7", "2001:db8::7"))
                .isEqualTo(new String[] {"192.0.2.7", "2001:db8::7"});
        assertThat(nodeIp(List.of("10.42.0.0/16"))).isNull();
    }

    @Test
    void aNodeThatLacksAFamilyIsRefusedInK3sWords() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> nodeIp(List.of("10.42.0.0/16", "fd00:42::/56"), "192.0.2.7"))
                .withMessageStartingWith(
                        "cluster-cidr: [10.42.0.0/16 fd00:42::/56] and node-ip: [192.0.2.7], must share "
                                + "the same IP version (IPv4, IPv6 or dual-stack)");
    }
}

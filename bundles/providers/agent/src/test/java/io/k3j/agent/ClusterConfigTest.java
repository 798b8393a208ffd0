package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterConfigTest {
    @Test
    void readsAStockServersSettingsUnderTheNamesOfFlags() throws Refused {
        Map<String, Object> values = ClusterConfig.parse(StockServer.config()).settings().values();
        assertThat((String[]) values.get("clusterCidr")).containsExactly("10.42.0.0/16");
        assertThat((String[]) values.get("serviceCidr")).containsExactly("10.43.0.0/16");
        assertThat((String[]) values.get("clusterDns")).containsExactly("10.43.0.10");
        assertThat(values).containsEntry("clusterDomain", "cluster.local").containsEntry("flannelBackend", "vxlan")
                .containsEntry("serviceNodePortRange", "30000-32767").containsEntry("disableCloudController", false)
                .containsEntry("egressSelectorMode", "agent");
    }

    @Test
    void disablesWhatTheClusterHasDisabled() throws Refused {
        assertThat(ClusterConfig.parse(StockServer.config()).settings().disabled()).containsExactlyInAnyOrder(
                "traefik", "kube-proxy", "network-policy");
        assertThat(ClusterConfig.parse("{\"DisableNPC\":true,\"FlannelBackend\":\"none\"}").settings().disabled())
                .contains("cni-flannel");
    }

    @Test
    void readsBothAddressFamilies() throws Refused {
        String both = "{\"DisableNPC\":true,\"ClusterIPRanges\":[{\"IP\":\"10.42.0.0\",\"Mask\":\"//8AAA==\"},"
                + "{\"IP\":\"2001:cafe:42::\",\"Mask\":\"/////////wAAAAAAAAAAAA==\"}]}";
        assertThat(ClusterConfig.parse(both).clusterCidrs()).containsExactly("10.42.0.0/16",
                "2001:cafe:42::/56");
    }

    @Test
    void refusesAnOldServerInK3sWords() {
        assertThatThrownBy(() -> ClusterConfig.parse("{\"ClusterDomain\":\"cluster.local\"}"))
                .isInstanceOf(Refused.class).hasMessageStartingWith("incompatible down-level server detected");
        assertThatThrownBy(() -> ClusterConfig.parse("<html>")).isInstanceOf(Refused.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void refusesANetworkThatIsNone() {
        for (String network : new String[] {"{\"IP\":\"10.42.0.x\",\"Mask\":\"//8AAA==\"}",
                "{\"IP\":\"10.42.0.0\",\"Mask\":\"255.255\"}"}) {
            assertThatThrownBy(() -> ClusterConfig.parse("{\"DisableNPC\":true,\"ClusterIPRange\":" + network + "}"))
                    .isInstanceOf(Refused.class).hasMessageContaining("ClusterIPRange");
        }
    }

    @Test
    void namesTheChangedFlags() throws Refused {
        ClusterConfig one = ClusterConfig.parse(StockServer.config());
        ClusterConfig other = ClusterConfig.parse(StockServer.config().replace("vxlan", "host-gw")
                .replace("\"traefik\":true", "\"traefik\":false"));
        assertThat(ClusterChange.between(one, one)).isEmpty();
        assertThat(ClusterChange.between(one, other)).isEqualTo("disable,flannelBackend");
    }
}

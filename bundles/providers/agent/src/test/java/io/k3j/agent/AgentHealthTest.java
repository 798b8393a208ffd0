package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import org.junit.jupiter.api.Test;

class AgentHealthTest {
    private String last = "";
    private final AgentHealth health = new AgentHealth(new HealthScope() {
        @Override
        public void report(HealthLevel level, String message) {
            last = level + " " + message;
        }

        @Override
        public void close() {
            last = "";
        }
    });

    @Test
    void aTroubleLastsUntilTheServersAnswer() throws Exception {
        ClusterConfig config = ClusterConfig.parse(StockServer.config());
        health.trouble("away");
        assertThat(health.troubled()).isTrue();
        assertThat(last).isEqualTo("DEGRADED away");
        health.settled(config, config);
        assertThat(health.troubled()).isFalse();
        assertThat(last).isEqualTo("OK ");
    }

    @Test
    void aChangeOfTheClustersSettingsIsToldAsLongAsItHolds() throws Exception {
        ClusterConfig initial = ClusterConfig.parse(StockServer.config());
        ClusterConfig now = ClusterConfig.parse(StockServer.config().replace("vxlan", "host-gw"));
        health.settled(initial, now);
        assertThat(last).startsWith("DEGRADED the cluster's settings have changed").contains("flannelBackend");
        assertThat(health.troubled()).as("a reason to join again").isFalse();
        health.trouble("away");
        health.settled(initial, now);
        assertThat(last).contains("have changed");
        assertThat(health.changed()).isTrue();
        health.settled(initial, initial);
        assertThat(last).isEqualTo("OK ");
        assertThat(health.changed()).isFalse();
    }
}

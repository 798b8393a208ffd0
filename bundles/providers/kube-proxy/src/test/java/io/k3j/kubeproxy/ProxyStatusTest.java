package io.k3j.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxyStatusTest {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final ProxyStatus status = new ProxyStatus(() -> now, Duration.ZERO);

    @Test
    void isHealthyUntilAChangeHasWaitedForAMinute() {
        status.heard(true);
        now = now.plusSeconds(59);
        assertThat(status.health("/healthz").status()).startsWith("200");
        now = now.plusSeconds(1);
        assertThat(status.health("/healthz").status()).startsWith("503");
        assertThat(status.health("/livez").status()).startsWith("503");
        status.wrote(now, 1_000_000);
        assertThat(status.health("/livez").body()).contains("\"lastUpdated\": \"2026-01-01 00:01:00");
        assertThat(status.health("/other").status()).startsWith("404");
    }

    @Test
    void whatHasToWaitForItsTurnIsNotLate() {
        ProxyStatus slow = new ProxyStatus(() -> now, Duration.ofMinutes(2));
        slow.heard(true);
        now = now.plusSeconds(179);
        assertThat(slow.health("/healthz").status()).startsWith("200");
        now = now.plusSeconds(1);
        assertThat(slow.health("/healthz").status()).startsWith("503");
    }

    @Test
    void aNodeThatWillBeDeletedIsAliveButNotForLoadBalancers() {
        Struct taints = Struct.of("taints", Seq.of(Struct.of("key", "ToBeDeletedByClusterAutoscaler")));
        Struct meta = Struct.of("name", "here");
        assertThat(ProxyStatus.eligible(Obj.of(Struct.of("metadata", meta)))).isTrue();
        status.eligible(ProxyStatus.eligible(Obj.of(Struct.of("metadata", meta, "spec", taints))));
        assertThat(status.health("/healthz").status()).startsWith("503");
        assertThat(status.health("/healthz").body()).contains("\"nodeEligible\": false");
        assertThat(status.health("/livez").status()).startsWith("200");
    }

    @Test
    void thePortsAnswerWhatThePageAsks() throws IOException, InterruptedException {
        int healthz = FreePort.next();
        int metrics = FreePort.next();
        ProxyOptions options = ProxyOptions.of("here", List.of(), List.of(), List.of(
                "healthz-bind-address=127.0.0.1:" + healthz, "metrics-bind-address=127.0.0.1:" + metrics));
        status.heard(false);
        status.wrote(now, 3_000_000);
        status.programmed(now.minusMillis(400));
        StringBuilder said = new StringBuilder();
        try (ProxyPorts ports = new ProxyPorts(Health.none(), options, status, () -> status.text(2, 1,
                Map.of(Family.FOUR, Map.of("external", 3L))))) {
            ports.keep(Map.of());
            for (String command : Page.commands("ask a node")) {
                said.append(Launch.of(command.replace("10256", Integer.toString(healthz))
                        .replace("10249", Integer.toString(metrics)).split(" ")).text(Waiting.LIMIT));
            }
        }
        assertThat(said.toString()).contains("\"nodeEligible\": true", "nftables",
                "kubeproxy_sync_proxy_rules_duration_seconds_count 1",
                "kubeproxy_sync_proxy_rules_endpoint_changes_total 1",
                "kubeproxy_sync_proxy_rules_service_changes_pending 2",
                "kubeproxy_sync_proxy_rules_endpoint_changes_pending 1",
                "kubeproxy_network_programming_duration_seconds_bucket{le=\"0.25\"} 0",
                "kubeproxy_network_programming_duration_seconds_bucket{le=\"0.5\"} 1",
                "kubeproxy_network_programming_duration_seconds_bucket{le=\"300",
                "kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family=\"IPv4\",traffic_policy=\"external\"} 3",
                "kubeproxy_proxy_healthz_total{code=\"200\"} 1");
    }

    /// Nothing that is only counted may keep rules from being written.
    @Test
    void anyTimeOfAChangeCanBeCounted() {
        status.programmed(Instant.MAX);
        status.programmed(Instant.MIN);
        assertThat(status.text(0, 0, Map.of())).contains("kubeproxy_network_programming_duration_seconds_count 2",
                "kubeproxy_network_programming_duration_seconds_bucket{le=\"0.25\"} 1");
    }
}

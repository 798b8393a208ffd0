package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// The state transitions of K3s' load balancer.
class ServerListTest {
    private static final AutoCloseable ONE = () -> {
    };
    private static final AutoCloseable TWO = () -> {
    };
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final ServerList servers = new ServerList("fixed:6443", now::get);

    private void check(String ok, String failed) {
        servers.check(
                a -> a.equals(ok) ? TunnelHealth.OK : a.equals(failed) ? TunnelHealth.FAILED : TunnelHealth.UNKNOWN);
    }

    @Test
    void theRegistrationAddressIsStandbyUnlessItIsAServer() {
        servers.set(List.of("a:1", "b:1"));
        assertThat(servers.report()).isEqualTo(Map.of("fixed:6443", "STANDBY/0", "a:1", "UNCHECKED/0", "b:1",
                "UNCHECKED/0"));
        assertThat(servers.order()).last().isEqualTo("fixed:6443");
        servers.set(List.of("fixed:6443"));
        assertThat(servers.report()).isEqualTo(Map.of("fixed:6443", "UNCHECKED/0"));
    }

    @Test
    void aServerBecomesActiveByTwoGoodChecksAndAConnection() {
        servers.set(List.of("a:1", "b:1"));
        check("a:1", "");
        assertThat(servers.report()).containsEntry("a:1", "RECOVERING/0");
        check("a:1", "");
        assertThat(servers.report()).containsEntry("a:1", "PREFERRED/0");
        assertThat(servers.order()).first().isEqualTo("a:1");
        servers.connected("a:1", ONE);
        assertThat(servers.report()).containsEntry("a:1", "ACTIVE/1");
    }

    @Test
    void anUnusedPreferredServerIsHealthyAfterAMinute() {
        servers.set(List.of("a:1"));
        check("a:1", "");
        check("a:1", "");
        now.set(now.get().plusSeconds(60));
        check("a:1", "");
        assertThat(servers.report()).containsEntry("a:1", "HEALTHY/0");
    }

    @Test
    void aFailedServerLosesItsConnectionsAndComesLast() {
        servers.set(List.of("a:1", "b:1"));
        check("a:1", "");
        check("a:1", "");
        servers.connected("a:1", ONE);
        assertThat(servers.check(a -> a.equals("a:1") ? TunnelHealth.FAILED : TunnelHealth.OK)).containsExactly(ONE);
        assertThat(servers.report()).containsEntry("a:1", "FAILED/0");
        assertThat(servers.order()).first().isEqualTo("b:1");
    }

    @Test
    void onlyADialFailsAServerThatWasNeverHealthy() {
        servers.set(List.of("a:1"));
        check("", "a:1");
        assertThat(servers.report()).containsEntry("a:1", "UNCHECKED/0");
        servers.connected("a:1", ONE);
        check("", "a:1");
        assertThat(servers.report()).containsEntry("a:1", "RECOVERING/1");
        assertThat(servers.failed("a:1")).containsExactly(ONE);
        assertThat(servers.report()).containsEntry("a:1", "FAILED/0");
    }

    @Test
    void onlyTheServerWithMoreConnectionsStaysActive() {
        servers.set(List.of("a:1", "b:1"));
        servers.connected("a:1", ONE);
        servers.connected("a:1", () -> {
        });
        servers.connected("b:1", TWO);
        servers.check(a -> TunnelHealth.OK);
        assertThat(servers.check(a -> TunnelHealth.OK)).isEmpty();
        assertThat(servers.report()).containsEntry("a:1", "ACTIVE/2").containsEntry("b:1", "PREFERRED/0");
    }

    @Test
    void connectionsLeaveTheStandbyWhenAServerRecovers() {
        servers.connected("fixed:6443", ONE);
        servers.set(List.of("a:1"));
        assertThat(servers.check(a -> a.equals("a:1") ? TunnelHealth.OK : TunnelHealth.UNKNOWN)).containsExactly(ONE);
    }

    @Test
    void aRemovedServerLosesItsConnections() {
        servers.set(List.of("a:1", "b:1"));
        servers.connected("a:1", ONE);
        assertThat(servers.set(List.of("b:1"))).containsExactly(ONE);
        assertThat(servers.addresses()).containsExactly("b:1");
        assertThat(servers.set(List.of())).as("an empty list is no news").isEmpty();
        assertThat(servers.addresses()).containsExactly("b:1");
    }
}

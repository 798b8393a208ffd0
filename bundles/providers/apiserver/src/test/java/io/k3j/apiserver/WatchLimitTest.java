package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiwatches.Watches;
import io.k3j.flowcontrol.ClientLane;
import io.k3j.flowcontrol.Pool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The limits on the number of watches.
class WatchLimitTest {
    private static final String WATCH = "/api/v1/configmaps?watch=true";
    private final TestServer server = new TestServer();
    private final long most = Runtime.getRuntime().maxMemory() / Watches.HEAP_PART / Watches.BYTES;
    private final List<Pool.Room> rooms = new ArrayList<>();

    @AfterEach
    void close() {
        server.close();
    }

    private void hold(String user, long count) {
        hold(ClientLane.WORKLOAD, user, count);
    }

    private void hold(ClientLane lane, String user, long count) {
        for (long i = 0; i < count; i++) {
            rooms.add(server.server.limits().watches().take(lane, user));
        }
    }

    private TestExchange watch(String user) throws IOException {
        return server.serve(new TestExchange("GET", WATCH, new byte[0]).with("authorization", "Bearer " + user));
    }

    @Test
    void watchesOfUsersDoNotExhaustThoseOfNodesAndComponents() throws IOException {
        server.everybody();
        hold("mallory", most / Watches.USER_PART);
        TestExchange refused = watch("mallory");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.answered("retry-after")).isNotEmpty();
        assertThat(watch("alice").status()).isEqualTo(200);
        hold("bob", most - most / Watches.USER_PART - 1);
        assertThat(watch("carol").status()).isEqualTo(429);
        for (String user : List.of("system:node:n", "system:kube-proxy", "system:k3s-controller")) {
            assertThat(watch(user).status()).as(user).isEqualTo(200);
        }
        assertThat(server.get("/metrics").text()).contains("k3j_apiserver_watches " + (most + 3),
                "k3j_apiserver_watches_refused_total 2");
    }

    @Test
    void oneNodeLeavesWatchesForOthers() throws IOException {
        server.everybody();
        hold(ClientLane.SYSTEM, "system:node:stolen", most / Watches.USER_PART);
        assertThat(watch("system:node:stolen").status()).isEqualTo(429);
        assertThat(watch("system:node:n").status()).isEqualTo(200);
    }

    @Test
    void anEndedWatchFreesItsSlot() throws IOException {
        server.everybody();
        TestExchange mine = watch("alice");
        assertThat(server.server.limits().watches().taken()).isOne();
        mine.leave();
        assertThat(server.server.limits().watches().taken()).isZero();
    }
}

package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import org.junit.jupiter.api.Test;

class LongRunningSharesTest {
    private final LongRunningShares shares = new LongRunningShares(new Pool.Bounds(3, 0, 2, 1), "Too many of these.");

    private void refused(ClientLane lane, String user) {
        assertThatThrownBy(() -> shares.take(lane, user)).isInstanceOfSatisfying(ApiFault.class, f -> {
            assertThat(f.code()).isEqualTo(429);
            assertThat(f.getMessage()).isEqualTo("Too many of these.");
            assertThat(f.details().whole("retryAfterSeconds", 0)).isPositive();
        });
    }

    @Test
    void oneUserHasAPartOfAll() {
        Pool.Room first = shares.take(ClientLane.WORKLOAD, "mallory");
        shares.take(ClientLane.WORKLOAD, "mallory");
        refused(ClientLane.WORKLOAD, "mallory");
        shares.take(ClientLane.WORKLOAD, "alice");
        refused(ClientLane.WORKLOAD, "bob");
        assertThat(shares.taken()).isEqualTo(3);
        assertThat(shares.refused()).isEqualTo(2);
        first.close();
        shares.take(ClientLane.WORKLOAD, "bob");
    }

    @Test
    void whatUsersHoldIsNotMissedByNodesAndAdministrators() {
        shares.take(ClientLane.WORKLOAD, "mallory");
        shares.take(ClientLane.WORKLOAD, "mallory");
        shares.take(ClientLane.WORKLOAD, "alice");
        for (ClientLane lane : new ClientLane[] {ClientLane.SYSTEM, ClientLane.EXEMPT}) {
            shares.take(lane, "n");
            shares.take(lane, "n");
            shares.take(lane, "m");
            refused(lane, "m");
        }
    }

    @Test
    void oneNodeHasAPartAndAnAdministratorAll() {
        for (ClientLane lane : new ClientLane[] {ClientLane.SYSTEM, ClientLane.EXEMPT}) {
            shares.take(lane, "n");
            shares.take(lane, "n");
        }
        refused(ClientLane.SYSTEM, "n");
        shares.take(ClientLane.SYSTEM, "m");
        shares.take(ClientLane.EXEMPT, "n");
    }
}

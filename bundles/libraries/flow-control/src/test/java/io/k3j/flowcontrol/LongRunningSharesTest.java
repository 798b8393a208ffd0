package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.flowcontrol.Seats.Lane;
import org.junit.jupiter.api.Test;

class LongRunningSharesTest {
    private final LongRunningShares shares = new LongRunningShares(new Pool.Bounds(3, 0, 2, 1), "Too many of these.");

    private void refused(Lane lane, String user) {
        assertThatThrownBy(() -> shares.take(lane, user)).isInstanceOfSatisfying(ApiFault.class, f -> {
            assertThat(f.code()).isEqualTo(429);
            assertThat(f.getMessage()).isEqualTo("Too many of these.");
            assertThat(f.details().whole("retryAfterSeconds", 0)).isPositive();
        });
    }

    @Test
    void oneUserHasAPartOfAll() {
        Pool.Room first = shares.take(Lane.WORKLOAD, "mallory");
        shares.take(Lane.WORKLOAD, "mallory");
        refused(Lane.WORKLOAD, "mallory");
        shares.take(Lane.WORKLOAD, "alice");
        refused(Lane.WORKLOAD, "bob");
        assertThat(shares.taken()).isEqualTo(3);
        assertThat(shares.refused()).isEqualTo(2);
        first.close();
        shares.take(Lane.WORKLOAD, "bob");
    }

    @Test
    void whatUsersHoldIsNotMissedByNodesAndAdministrators() {
        shares.take(Lane.WORKLOAD, "mallory");
        shares.take(Lane.WORKLOAD, "mallory");
        shares.take(Lane.WORKLOAD, "alice");
        for (Lane lane : new Lane[] {Lane.SYSTEM, Lane.EXEMPT}) {
            shares.take(lane, "n");
            shares.take(lane, "n");
            shares.take(lane, "m");
            refused(lane, "m");
        }
    }

    @Test
    void oneNodeHasAPartAndAnAdministratorAll() {
        for (Lane lane : new Lane[] {Lane.SYSTEM, Lane.EXEMPT}) {
            shares.take(lane, "n");
            shares.take(lane, "n");
        }
        refused(Lane.SYSTEM, "n");
        shares.take(Lane.SYSTEM, "m");
        shares.take(Lane.EXEMPT, "n");
    }
}

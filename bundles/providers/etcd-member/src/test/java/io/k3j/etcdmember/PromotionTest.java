package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.jetcd.EtcdCluster.Member;
import io.k3j.jetcd.EtcdFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// A leader whose only learner does not catch up.
class PromotionTest {
    private static final Duration POLL = Duration.ofSeconds(1);
    private final Member voter = new Member(1, "server-1-a", List.of("https://1:2380"), List.of("https://1:2379"),
            false);
    private final Member learner = new Member(2, "server-2-b", List.of("https://2:2380"), List.of("https://2:2379"),
            true);
    private final Cluster cluster = new Cluster();
    private Instant now = Instant.parse("2026-11-20T12:00:00Z");
    private final Promotion promotion = new Promotion(() -> now);

    private static final class Cluster implements Promotion.Learners {
        private OptionalLong applied = OptionalLong.of(7);
        private boolean receives;
        private boolean caughtUp;
        private boolean promoted;
        private boolean removed;
        private int asked;

        @Override
        public void promote(Member learner) {
            if (!caughtUp) {
                throw new EtcdFailure(EtcdFailure.Kind.UNHEALTHY, "can only promote a learner in sync with leader");
            }
            promoted = true;
        }

        @Override
        public void remove(Member learner) {
            removed = true;
        }

        @Override
        public OptionalLong applied(Member learner) {
            asked++;
            return applied;
        }

        @Override
        public boolean receivesSnapshot(Member learner) {
            return receives;
        }
    }

    private void poll(Duration time) {
        for (Instant end = now.plus(time); now.isBefore(end); now = now.plus(POLL)) {
            promotion.step(cluster, List.of(voter, learner));
        }
    }

    @Test
    void aLearnerThatGoesOnIsKept() {
        for (int minute = 1; minute <= 10; minute++) {
            cluster.applied = OptionalLong.of(7 + minute);
            poll(Duration.ofMinutes(1));
        }
        assertThat(cluster.removed).isFalse();
    }

    @Test
    void oneThatStandsStillIsRemovedAfterFiveMinutes() {
        poll(Duration.ofMinutes(3));
        cluster.applied = OptionalLong.of(8);
        poll(Promotion.PATIENCE);
        assertThat(cluster.removed).isFalse();
        poll(Promotion.ASK_INTERVAL.multipliedBy(2));
        assertThat(cluster.removed).isTrue();
    }

    @Test
    void oneThatNeverAnsweredIsRemovedAfterFiveMinutes() {
        cluster.applied = OptionalLong.empty();
        poll(Promotion.PATIENCE);
        assertThat(cluster.removed).isFalse();
        poll(Promotion.ASK_INTERVAL.multipliedBy(2));
        assertThat(cluster.removed).isTrue();
    }

    @Test
    void oneThatReceivesASnapshotIsWaitedFor() {
        cluster.receives = true;
        poll(Duration.ofMinutes(30));
        assertThat(cluster.removed).isFalse();
        cluster.receives = false;
        poll(Promotion.PATIENCE.plus(Promotion.ASK_INTERVAL.multipliedBy(2)));
        assertThat(cluster.removed).isTrue();
    }

    /// As one whose peer hangs: etcd says for ever that it is on its way.
    @Test
    void oneWhoseSnapshotDoesNotArriveIsRemovedAnHourAfterItsLastProgress() {
        cluster.receives = true;
        poll(Duration.ofMinutes(30));
        cluster.applied = OptionalLong.of(8);
        poll(Promotion.TRANSFER_PATIENCE);
        assertThat(cluster.removed).isFalse();
        poll(Promotion.ASK_INTERVAL.multipliedBy(2));
        assertThat(cluster.removed).isTrue();
    }

    @Test
    void oneThatHasCaughtUpIsPromoted() {
        cluster.caughtUp = true;
        poll(POLL);
        assertThat(cluster.promoted).isTrue();
        assertThat(cluster.asked).isZero();
    }

    @Test
    void askingDoesNotHoldUpEveryPoll() {
        poll(Promotion.ASK_INTERVAL);
        assertThat(cluster.asked).isEqualTo(1);
    }

    @Test
    void theLeadersOwnFiguresTellOfASnapshotOnItsWay() {
        String metrics = "# TYPE etcd_network_snapshot_send_inflights_total gauge\n"
                + "etcd_network_snapshot_send_inflights_total{To=\"8e9e05c52164694d\"} 1\n"
                + "etcd_network_snapshot_send_inflights_total{To=\"2\"} 0\n";
        assertThat(LeaderCalls.sends(metrics, 0x8e9e05c52164694dL)).isTrue();
        assertThat(LeaderCalls.sends(metrics, 2)).isFalse();
        assertThat(LeaderCalls.sends(metrics, 3)).isFalse();
    }
}

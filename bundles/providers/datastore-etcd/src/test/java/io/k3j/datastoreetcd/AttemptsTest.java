package io.k3j.datastoreetcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.jetcd.EtcdFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AttemptsTest {
    private final Attempts attempts = new Attempts(new Gate(), () -> true);

    @Test
    void reportsTheCauseAndNotTheSpentBudget() {
        List<Duration> given = new ArrayList<>();
        assertThatThrownBy(() -> attempts.call("read", Duration.ofSeconds(2), limit -> {
            given.add(limit);
            throw new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "no leader, seen with " + limit.toMillis() + " ms");
        })).isInstanceOf(DatastoreUnavailable.class).hasMessageContaining("read: no leader");
        assertThat(given).hasSizeGreaterThan(1).allMatch(limit -> limit.toMillis() >= 50);
    }

    @Test
    void backsOffFromAnOverloadedCluster() {
        EtcdFailure busy = new EtcdFailure(EtcdFailure.Kind.OVERLOADED, "etcdserver: too many requests");
        assertThat(LongStream.of(0, 1, 2, 4, 100).map(n -> Attempts.pause(busy, (int) n))).containsExactly(25L, 50L,
                100L, 400L, 400L);
        assertThat(Attempts.isFinal(busy)).isFalse();
        assertThat(Attempts.pause(new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "gone"), 4)).isEqualTo(25);
    }
}

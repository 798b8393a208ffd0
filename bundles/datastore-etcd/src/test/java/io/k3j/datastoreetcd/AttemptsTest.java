package io.k3j.datastoreetcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.etcdclient.EtcdFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptsTest {
    private final Attempts attempts = new Attempts(new Gate(), () -> true);

    @Test
    void theReasonIsNotThatNoTimeWasLeft() {
        List<Duration> given = new ArrayList<>();
        assertThatThrownBy(() -> attempts.call("read", Duration.ofMillis(300), limit -> {
            given.add(limit);
            throw new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "no leader, seen with " + limit.toMillis() + " ms");
        })).isInstanceOf(DatastoreUnavailable.class).hasMessageContaining("read: no leader");
        assertThat(given).hasSizeGreaterThan(1).allMatch(limit -> limit.toMillis() >= 50);
    }
}

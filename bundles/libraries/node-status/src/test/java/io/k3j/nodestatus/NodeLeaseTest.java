package io.k3j.nodestatus;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeLeaseTest {
    private static final Key KEY = new Key("kube-node-lease", "n");
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final NodeLease lease = new NodeLease(api, clock, Duration.ofSeconds(40));
    private final Obj node = Obj.of(Struct.of("metadata", Struct.of("name", "n", "uid", "u")));

    private long revision() {
        lease.renew(node);
        return api.get(NodeLease.LEASES, KEY).revision();
    }

    @Test
    void isRenewedEveryTenSecondsWhateverTheTimeOfDay() {
        long before = revision();
        assertThat(revision()).isEqualTo(before);
        for (Duration step : List.of(Duration.ofHours(-1), Duration.ofHours(2), Duration.ofHours(-1))) {
            clock.step(step);
            assertThat(revision()).isEqualTo(before);
            clock.advance(Duration.ofSeconds(10));
            long after = revision();
            assertThat(after).isGreaterThan(before);
            before = after;
        }
    }

    @Test
    void isRenewedAfterAQuarterOfTheTimeItLasts() {
        NodeLease longer = new NodeLease(api, clock, Duration.ofSeconds(200));
        longer.renew(node);
        Obj made = api.get(NodeLease.LEASES, KEY);
        assertThat(made.spec().whole("leaseDurationSeconds", 0)).isEqualTo(200);
        clock.advance(Duration.ofSeconds(49));
        longer.renew(node);
        assertThat(api.get(NodeLease.LEASES, KEY).revision()).isEqualTo(made.revision());
        clock.advance(Duration.ofSeconds(1));
        longer.renew(node);
        assertThat(api.get(NodeLease.LEASES, KEY).revision()).isGreaterThan(made.revision());
    }
}

package io.k3j.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.LeaseHold;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Who holds a lease.
class LeaseHoldTest {
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private static final LeaseHold.Timing TIMING = new LeaseHold.Timing(Duration.ofSeconds(4), Duration.ofSeconds(3),
            Duration.ofMillis(500));

    @Test
    void onlyOneHoldsALeaseUntilItIsReleasedOrOver() {
        Key key = new Key("kube-system", "lock");
        LeaseHold a = new LeaseHold(api, key, "a", TIMING, clock);
        LeaseHold b = new LeaseHold(api, key, "b", TIMING, clock);
        assertThat(a.renew()).isTrue();
        assertThat(b.renew()).isFalse();
        clock.advance(Duration.ofSeconds(2));
        assertThat(a.renew()).isTrue();
        assertThat(b.renew()).isFalse();
        clock.advance(Duration.ofSeconds(3));
        assertThat(a.held()).isFalse();
        assertThat(b.renew()).isFalse();
        clock.advance(Duration.ofMillis(500));
        assertThat(b.renew()).isTrue();
        assertThat(a.renew()).isFalse();
        b.release();
        assertThat(a.renew()).isTrue();
        assertThat(api.get(BuiltinResources.LEASES, key).spec().whole("leaseTransitions", 0)).isEqualTo(3);
    }

    @Test
    void tellsWhoseALeaseIsFromWhatItHasSeen() {
        Key key = new Key("kube-system", "lock");
        LeaseHold b = new LeaseHold(api, key, "b", TIMING, clock);
        assertThat(b.nobodys(Duration.ZERO)).isFalse();
        new LeaseHold(api, key, "a", TIMING, clock).renew();
        b.saw(api.get(BuiltinResources.LEASES, key));
        assertThat(b.theirs(Duration.ofSeconds(1))).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(b.theirs(Duration.ofSeconds(1))).isTrue();
        assertThat(b.nobodys(Duration.ZERO)).isFalse();
        clock.advance(Duration.ofMillis(2_500));
        assertThat(b.theirs(Duration.ZERO)).isFalse();
        assertThat(b.nobodys(Duration.ZERO)).isTrue();
        assertThat(b.nobodys(Duration.ofSeconds(1))).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(b.nobodys(Duration.ofSeconds(1))).isTrue();
        assertThat(b.renew()).isTrue();
        clock.advance(Duration.ofSeconds(3));
        assertThat(b.nobodys(Duration.ofMillis(1))).isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(b.nobodys(Duration.ofMillis(1))).isTrue();
    }

    @Test
    void keepsALeaseOverAShortOutage() {
        Key key = new Key("kube-system", "lock");
        LeaseHold a = new LeaseHold(api, key, "a", TIMING, clock);
        a.renew();
        clock.advance(Duration.ofSeconds(2));
        api.refuse("get", BuiltinResources.LEASES, ApiFault.unavailable("away"));
        assertThat(a.renew()).isTrue();
        clock.advance(Duration.ofSeconds(2));
        api.refuse("get", BuiltinResources.LEASES, ApiFault.unavailable("away"));
        assertThat(a.renew()).isFalse();
    }
}

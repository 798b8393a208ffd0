package io.k3j.leases;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.LeaseHold;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Key;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ElectionTest {
    private static final Key DECISIVE = new Key("kube-system", "kube-controller-manager");
    private static final Key OTHER = new Key("kube-system", "kube-scheduler");
    private static final LeaseHold.Timing TIMING = new LeaseHold.Timing(Duration.ofSeconds(3), Duration.ofSeconds(2),
            Duration.ofMillis(500));
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final Member a = new Member("a");
    private final Member b = new Member("b");

    private final class Member {
        private final List<Reign> reigns = new ArrayList<>();
        private final Election election;

        Member(String name) {
            election = new Election(DECISIVE, List.of(new LeaseHold(api, DECISIVE, name, TIMING, clock),
                    new LeaseHold(api, OTHER, name, TIMING, clock)), TIMING, clock, reigns::add);
        }

        boolean leads() {
            return !reigns.isEmpty() && reigns.getLast().revision() > 0;
        }
    }

    private String holder(Key key) {
        return api.get(Resources.LEASES, key).spec().text("holderIdentity");
    }

    @Test
    void oneLeadsWithAllLeasesAndRenewsHalfwayToItsDeadline() {
        assertThat(a.election.step()).isEqualTo(Duration.ofSeconds(1));
        assertThat(b.election.step()).isEqualTo(Duration.ofMillis(500));
        assertThat(a.leads()).isTrue();
        assertThat(b.leads()).isFalse();
        assertThat(List.of(holder(DECISIVE), holder(OTHER))).containsOnly("a");
        assertThat(api.get(Resources.LEASES, DECISIVE).spec().whole("leaseDurationSeconds", 0)).isEqualTo(3);
    }

    @Test
    void aReignKnowsTheRevisionOfTheRenewedLease() {
        a.election.step();
        long before = a.reigns.getFirst().revision();
        clock.advance(Duration.ofSeconds(1));
        a.election.step();
        assertThat(a.reigns).hasSize(1);
        assertThat(a.reigns.getFirst().revision()).isGreaterThan(before)
                .isEqualTo(api.get(Resources.LEASES, DECISIVE).revision());
        assertThat(a.reigns.getFirst().after(before, Duration.ofSeconds(5)))
                .isEqualTo(a.reigns.getFirst().revision());
    }

    @Test
    void anotherTakesOverWithinThreeSecondsAndNeverBeforeTheFirstHasCeased() {
        a.election.step();
        Duration passed = Duration.ZERO;
        while (!b.leads()) {
            Duration pause = b.election.step();
            assertThat(a.leads() && b.leads()).isFalse();
            if (!b.leads()) {
                clock.advance(pause);
                passed = passed.plus(pause);
            }
        }
        assertThat(passed).isLessThan(Duration.ofSeconds(3)).isGreaterThan(Duration.ofSeconds(2));
        a.election.step();
        assertThat(a.reigns).hasSize(1);
        assertThat(a.reigns.getFirst().over()).isTrue();
        b.election.step();
        assertThat(holder(OTHER)).isEqualTo("b");
    }

    @Test
    void aReleasedLeaseIsTakenAtOnce() {
        a.election.step();
        b.election.step();
        a.election.resign();
        assertThat(a.leads()).isFalse();
        a.election.release();
        b.election.step();
        assertThat(b.leads()).isTrue();
    }

    @Test
    void whoCannotRenewCeasesAtItsDeadlineAndBeginsAnewLater() {
        a.election.step();
        clock.advance(Duration.ofSeconds(1));
        api.refuse("get", Resources.LEASES, ApiFault.unavailable("away"));
        assertThat(a.election.step()).isEqualTo(Duration.ofMillis(500));
        assertThat(a.leads()).isTrue();
        clock.advance(Duration.ofSeconds(1));
        assertThat(a.leads()).isFalse();
        a.election.step();
        assertThat(a.leads()).isTrue();
    }

    @Test
    void aHolderWithAnotherTimingIsBelievedAsLongAsItsLeaseSays() {
        LeaseHold stock = new LeaseHold(api, DECISIVE, "stock",
                new LeaseHold.Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2)), clock);
        stock.renew();
        a.election.step();
        clock.advance(Duration.ofSeconds(14));
        a.election.step();
        assertThat(a.leads()).isFalse();
        clock.advance(Duration.ofSeconds(1));
        a.election.step();
        assertThat(a.leads()).isTrue();
    }
}

package io.k3j.leases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.LeaseHold;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ElectionTest {
    private static final Key DECISIVE = new Key("kube-system", "kube-controller-manager");
    private static final Key OTHER = new Key("kube-system", "kube-scheduler");
    private static final Key LAST = new Key("kube-system", "k3s");
    private static final LeaseHold.Timing TIMING = new LeaseHold.Timing(Duration.ofSeconds(3), Duration.ofSeconds(2),
            Duration.ofMillis(500));
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final Member a = new Member("a");
    private final Member b = new Member("b");

    private final class Member {
        private final List<Reign> reigns = new ArrayList<>();
        private final Set<Key> lacks = new HashSet<>();
        private final Election election;

        Member(String name, Key... lacks) {
            this.lacks.addAll(List.of(lacks));
            Seat.Rules rules = new Seat.Rules(TIMING, clock.monotonic(), reign -> {
                if (reign.lease().equals(DECISIVE)) {
                    reigns.add(reign);
                }
            });
            election = new Election(Stream.of(DECISIVE, OTHER, LAST).map(key -> new Seat(new Wish(key, this.lacks),
                    new LeaseHold(api, key, name, TIMING, clock), rules)).toList());
        }

        boolean leads() {
            return !reigns.isEmpty() && reigns.getLast().revision() > 0;
        }
    }

    private final class Wish implements Seat.Lease {
        private final Key key;
        private final Set<Key> lacks;

        Wish(Key key, Set<Key> lacks) {
            this.key = key;
            this.lacks = lacks;
        }

        @Override
        public Key key() {
            return key;
        }

        @Override
        public boolean wanted() {
            return !lacks.contains(key);
        }

        @Override
        public Optional<Obj> seen() {
            return api.list(Resources.LEASES, Query.ALL).items().stream().filter(l -> l.key().equals(key)).findAny();
        }

        @Override
        public String flag() {
            return "";
        }
    }

    /// Lets time pass in which members step when they want to, in their order.
    private void pass(Duration time, Member... members) {
        Instant end = clock.instant().plus(time);
        while (clock.instant().isBefore(end)) {
            Duration next = Duration.between(clock.instant(), end);
            for (Member member : members) {
                Duration pause = member.election.step();
                next = pause.compareTo(next) < 0 ? pause : next;
            }
            clock.advance(next);
        }
    }

    private List<String> holders() {
        return List.of(holder(DECISIVE), holder(OTHER), holder(LAST));
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
        assertThat(holders()).containsOnly("a");
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
        assertThat(holders()).containsOnly("b");
    }

    @Test
    void whatTheLeaderLacksIsTakenByAnotherSoon() {
        Member lacking = new Member("lacking", OTHER);
        pass(Duration.ofSeconds(1), lacking, b);
        assertThat(holders()).containsExactly("lacking", "b", "lacking");
        pass(Duration.ofSeconds(5), lacking, b);
        assertThat(holders()).containsExactly("lacking", "b", "lacking");
        assertThat(lacking.reigns).hasSize(1);
    }

    @Test
    void serversThatLackDifferentThingsShareThem() {
        Member one = new Member("one", OTHER);
        Member two = new Member("two", DECISIVE);
        pass(Duration.ofSeconds(3), one, two);
        assertThat(holders()).containsExactly("one", "two", "one");
        pass(Duration.ofSeconds(3), two);
        assertThat(holders()).containsExactly("one", "two", "two");
    }

    @Test
    void whatADeadServerHadAloneIsTakenWithinThreeSeconds() {
        Member lacking = new Member("lacking", OTHER);
        Member c = new Member("c");
        pass(Duration.ofSeconds(2), lacking, b, c);
        assertThat(holder(OTHER)).isEqualTo("b");
        pass(Duration.ofMillis(2_900), lacking, c);
        assertThat(holders()).containsExactly("lacking", "c", "lacking");
    }

    @Test
    void serversThatAreAlikeHaveOneLeaderForAllAlsoAfterItsDeath() {
        Member c = new Member("c");
        pass(Duration.ofSeconds(2), a, b, c);
        assertThat(holders()).containsOnly("a");
        pass(Duration.ofMillis(2_900), b, c);
        assertThat(holders()).containsOnly("b");
    }

    @Test
    void whoLosesTheFirstLeavesTheRestToItsNewHolder() {
        pass(Duration.ofSeconds(2), a, b);
        Obj lease = api.get(Resources.LEASES, DECISIVE);
        api.update(Resources.LEASES, lease.with("b", "spec", "holderIdentity"), WriteOptions.PLAIN);
        pass(Duration.ofSeconds(2), b, a);
        assertThat(holders()).containsOnly("b");
    }

    @Test
    void whatIsAwayForAMomentIsKeptAndWhatStaysAwayIsLeftToAnother() {
        pass(Duration.ofSeconds(2), a, b);
        a.lacks.add(OTHER);
        pass(Duration.ofMillis(800), a, b);
        a.lacks.remove(OTHER);
        pass(Duration.ofSeconds(3), a, b);
        assertThat(holders()).containsOnly("a");
        a.lacks.add(OTHER);
        pass(Duration.ofMillis(2_500), a, b);
        assertThat(holders()).containsExactly("a", "b", "a");
    }

    @Test
    void aloneItLetsGoWhatItHasNoMore() {
        pass(Duration.ofSeconds(2), a);
        a.lacks.add(DECISIVE);
        pass(Duration.ofMillis(2_500), a);
        assertThat(holders()).containsExactly("", "a", "a");
        assertThat(a.leads()).isFalse();
    }

    @Test
    void aStepOfTheTimeOfDayMakesNoLeaderCease() {
        pass(Duration.ofSeconds(2), a, b);
        for (Duration step : List.of(Duration.ofHours(1), Duration.ofHours(-2), Duration.ofHours(1))) {
            clock.step(step);
            pass(Duration.ofSeconds(5), a, b);
            assertThat(holders()).containsOnly("a");
            assertThat(a.leads()).isTrue();
        }
        assertThat(a.reigns).hasSize(1);
        assertThat(Times.parse(api.get(Resources.LEASES, DECISIVE).spec().text("renewTime")).orElseThrow())
                .isCloseTo(clock.instant(), within(5, ChronoUnit.SECONDS));
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

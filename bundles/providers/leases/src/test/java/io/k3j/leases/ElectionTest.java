package io.k3j.leases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.LeaseHold;
import io.k3j.controllerkit.BuiltinResources;
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
        private final List<LeadershipTerm> terms = new ArrayList<>();
        private final Set<Key> lacking = new HashSet<>();
        private final Election election;

        Member(String name, Key... lacking) {
            this.lacking.addAll(List.of(lacking));
            LeaseLock.Rules rules = new LeaseLock.Rules(TIMING, clock.monotonic(), term -> {
                if (term.lease().equals(DECISIVE)) {
                    terms.add(term);
                }
            });
            election = new Election(
                    Stream.of(DECISIVE, OTHER, LAST).map(key -> new LeaseLock(new LackingLease(key, this.lacking),
                            new LeaseHold(api, key, name, TIMING, clock), rules)).toList());
        }

        boolean leads() {
            return !terms.isEmpty() && terms.getLast().revision() > 0;
        }
    }

    private final class LackingLease implements LeaseLock.Lease {
        private final Key key;
        private final Set<Key> lacking;

        LackingLease(Key key, Set<Key> lacking) {
            this.key = key;
            this.lacking = lacking;
        }

        @Override
        public Key key() {
            return key;
        }

        @Override
        public boolean wanted() {
            return !lacking.contains(key);
        }

        @Override
        public Optional<Obj> observed() {
            return api.list(BuiltinResources.LEASES, Query.ALL).items().stream().filter(l -> l.key().equals(key))
                    .findAny();
        }

        @Override
        public String flag() {
            return "";
        }
    }

    /// Advances the time; members step in order whenever their step is due.
    private void run(Duration time, Member... members) {
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
        return api.get(BuiltinResources.LEASES, key).spec().text("holderIdentity");
    }

    @Test
    void oneServerHoldsAllLeasesAndRenewsAtHalfTheDeadline() {
        assertThat(a.election.step()).isEqualTo(Duration.ofSeconds(1));
        assertThat(b.election.step()).isEqualTo(Duration.ofMillis(500));
        assertThat(a.leads()).isTrue();
        assertThat(b.leads()).isFalse();
        assertThat(holders()).containsOnly("a");
        assertThat(api.get(BuiltinResources.LEASES, DECISIVE).spec().whole("leaseDurationSeconds", 0)).isEqualTo(3);
    }

    @Test
    void itIsToldWhoLeads() {
        a.election.step();
        b.election.step();
        assertThat(a.election.text())
                .contains("leader_election_master_status{name=\"" + DECISIVE.name() + "\"} 1\n");
        assertThat(b.election.text())
                .contains("leader_election_master_status{name=\"" + DECISIVE.name() + "\"} 0\n");
        a.election.resign();
        assertThat(a.election.text())
                .contains("leader_election_master_status{name=\"" + DECISIVE.name() + "\"} 0\n");
    }

    @Test
    void aTermHasTheRevisionOfTheRenewedLease() {
        a.election.step();
        long before = a.terms.getFirst().revision();
        clock.advance(Duration.ofSeconds(1));
        a.election.step();
        assertThat(a.terms).hasSize(1);
        assertThat(a.terms.getFirst().revision()).isGreaterThan(before)
                .isEqualTo(api.get(BuiltinResources.LEASES, DECISIVE).revision());
        assertThat(a.terms.getFirst().after(before, Duration.ofSeconds(5)))
                .isEqualTo(a.terms.getFirst().revision());
    }

    @Test
    void anotherServerTakesOverWithinThreeSecondsAndNeverTooEarly() {
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
        assertThat(a.terms).hasSize(1);
        assertThat(a.terms.getFirst().ended()).isTrue();
        b.election.step();
        assertThat(holders()).containsOnly("b");
    }

    @Test
    void aComponentTheLeaderLacksIsTakenByAnotherServer() {
        Member lacking = new Member("lacking", OTHER);
        run(Duration.ofSeconds(1), lacking, b);
        assertThat(holders()).containsExactly("lacking", "b", "lacking");
        run(Duration.ofSeconds(5), lacking, b);
        assertThat(holders()).containsExactly("lacking", "b", "lacking");
        assertThat(lacking.terms).hasSize(1);
    }

    @Test
    void serversWithDifferentComponentsShareTheLeases() {
        Member one = new Member("one", OTHER);
        Member two = new Member("two", DECISIVE);
        run(Duration.ofSeconds(3), one, two);
        assertThat(holders()).containsExactly("one", "two", "one");
        run(Duration.ofSeconds(3), two);
        assertThat(holders()).containsExactly("one", "two", "two");
    }

    @Test
    void aLeaseOfADeadServerIsTakenWithinThreeSeconds() {
        Member lacking = new Member("lacking", OTHER);
        Member c = new Member("c");
        run(Duration.ofSeconds(2), lacking, b, c);
        assertThat(holder(OTHER)).isEqualTo("b");
        run(Duration.ofMillis(2_900), lacking, c);
        assertThat(holders()).containsExactly("lacking", "c", "lacking");
    }

    @Test
    void equalServersHaveOneLeaderForAllLeasesAfterItsDeath() {
        Member c = new Member("c");
        run(Duration.ofSeconds(2), a, b, c);
        assertThat(holders()).containsOnly("a");
        run(Duration.ofMillis(2_900), b, c);
        assertThat(holders()).containsOnly("b");
    }

    @Test
    void losingTheFirstLeaseReleasesTheOthers() {
        run(Duration.ofSeconds(2), a, b);
        Obj lease = api.get(BuiltinResources.LEASES, DECISIVE);
        api.update(BuiltinResources.LEASES, lease.with("b", "spec", "holderIdentity"), WriteOptions.PLAIN);
        run(Duration.ofSeconds(2), b, a);
        assertThat(holders()).containsOnly("b");
    }

    @Test
    void aLeaseSurvivesAShortAbsenceOfItsComponentOnly() {
        run(Duration.ofSeconds(2), a, b);
        a.lacking.add(OTHER);
        run(Duration.ofMillis(800), a, b);
        a.lacking.remove(OTHER);
        run(Duration.ofSeconds(3), a, b);
        assertThat(holders()).containsOnly("a");
        a.lacking.add(OTHER);
        run(Duration.ofMillis(2_500), a, b);
        assertThat(holders()).containsExactly("a", "b", "a");
    }

    @Test
    void aLoneServerReleasesAnUnwantedLease() {
        run(Duration.ofSeconds(2), a);
        a.lacking.add(DECISIVE);
        run(Duration.ofMillis(2_500), a);
        assertThat(holders()).containsExactly("", "a", "a");
        assertThat(a.leads()).isFalse();
    }

    @Test
    void aClockStepEndsNoTerm() {
        run(Duration.ofSeconds(2), a, b);
        for (Duration step : List.of(Duration.ofHours(1), Duration.ofHours(-2), Duration.ofHours(1))) {
            clock.step(step);
            run(Duration.ofSeconds(5), a, b);
            assertThat(holders()).containsOnly("a");
            assertThat(a.leads()).isTrue();
        }
        assertThat(a.terms).hasSize(1);
        assertThat(Times.parse(api.get(BuiltinResources.LEASES, DECISIVE).spec().text("renewTime")).orElseThrow())
                .isCloseTo(clock.instant(), within(5, ChronoUnit.SECONDS));
    }

    @Test
    void aReleasedLeaseIsAcquiredImmediately() {
        a.election.step();
        b.election.step();
        a.election.resign();
        assertThat(a.leads()).isFalse();
        a.election.release();
        b.election.step();
        assertThat(b.leads()).isTrue();
    }

    @Test
    void aTermEndsAtItsDeadlineWithoutRenewal() {
        a.election.step();
        clock.advance(Duration.ofSeconds(1));
        api.refuse("get", BuiltinResources.LEASES, ApiFault.unavailable("away"));
        assertThat(a.election.step()).isEqualTo(Duration.ofMillis(500));
        assertThat(a.leads()).isTrue();
        clock.advance(Duration.ofSeconds(1));
        assertThat(a.leads()).isFalse();
        a.election.step();
        assertThat(a.leads()).isTrue();
    }

    @Test
    void aHoldersOwnLeaseDurationCounts() {
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

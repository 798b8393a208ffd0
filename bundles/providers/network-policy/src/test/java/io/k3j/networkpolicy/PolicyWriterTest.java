package io.k3j.networkpolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.Query;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.netpolicy.PodPolicy;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitbase.Waiting;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class PolicyWriterTest {
    private static final String WORDS = ScriptedFilter.WORDS;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private final Picture picture = World.picture();
    private final PolicyTable table = new PolicyTable();
    private final ScriptedFilter filter = new ScriptedFilter();
    private final PolicyWriter writer = new PolicyWriter(filter, this::made, () -> false);

    private PolicyTable.Made made(Predicate<PodPolicy> open) {
        picture.open(open);
        return table.of(picture);
    }

    private void policy(String name, String address) {
        Obj policy = World.letting(name, address);
        picture.policy(policy.key(), policy);
    }

    /// The whole table as it stands.
    private String standing() {
        return writer.stands().table().restated(Set.of());
    }

    /// The rules that packets to an address meet in the table that stands.
    private List<String> rules(String address) {
        return World.rules(writer.stands(), address);
    }

    @Test
    void aRefusedPolicyClosesItsPodsAndTheChangeGoesOn() {
        policy("a/old", "198.51.100.1");
        writer.write(false);
        filter.refused = "198.51.100.66";
        policy("a/bad", "198.51.100.66");
        policy("b/good", "198.51.100.2");
        Obj fresh = World.pod("b", "fresh", "here", Map.of(), Seq.EMPTY);
        picture.starting(fresh, List.of("10.42.0.77"));
        assertThat(writer.write(false)).isEqualTo(new PolicyWriter.Outcome(true, true));
        assertThat(rules("10.42.0.77")).anyMatch(r -> r.startsWith("ip saddr 198.51.100.2 "));
        assertThat(rules("10.42.0.11")).as("what other policies let through").anyMatch(
                r -> r.startsWith("ip saddr 198.51.100.1 "));
        assertThat(standing()).doesNotContain("198.51.100.66");
        assertThat(filter.taken.getLast()).contains("198.51.100.2");
        assertThat(writer.refused()).singleElement().satisfies(r -> {
            assertThat(r.policy()).hasToString("a/bad");
            assertThat(r.why()).isEqualTo(WORDS);
            assertThat(r.alone()).isTrue();
        });
    }

    @Test
    void aPodOfARefusedPolicyAloneIsClosed() {
        filter.refused = "198.51.100.66";
        policy("a/bad", "198.51.100.66");
        writer.write(false);
        assertThat(rules("10.42.0.11")).isNotEmpty().allMatch(r -> r.contains("reject"));
    }

    @Test
    void whatIsRefusedStaysClosedUntilItIsTriedAgain() {
        filter.refused = "198.51.100.66";
        policy("a/bad", "198.51.100.66");
        writer.write(false);
        assertThat(writer.write(true).refused()).isTrue();
        filter.refused = "";
        filter.tries = 0;
        assertThat(writer.write(false)).as("not due").isEqualTo(new PolicyWriter.Outcome(true, false));
        assertThat(standing()).doesNotContain("198.51.100.66");
        assertThat(writer.write(true)).isEqualTo(new PolicyWriter.Outcome(true, false));
        assertThat(standing()).contains("198.51.100.66");
        assertThat(writer.refused()).isEmpty();
        assertThat(writer.write(true)).as("nothing is left").isEqualTo(new PolicyWriter.Outcome(false, false));
    }

    @Test
    void aRefusedPolicyThatChangesOrGoesIsLookedAtAtOnce() {
        filter.refused = "198.51.100.66";
        policy("a/bad", "198.51.100.66");
        policy("b/bad", "198.51.100.66");
        writer.write(false);
        assertThat(writer.refused()).hasSize(2);
        policy("a/bad", "198.51.100.67");
        Obj gone = World.letting("b/bad", "198.51.100.66");
        picture.policy(gone.key(), null);
        assertThat(writer.write(false).refused()).isFalse();
        assertThat(rules("10.42.0.11")).anyMatch(r -> r.startsWith("ip saddr 198.51.100.67 "));
        assertThat(writer.refused()).isEmpty();
    }

    @Test
    void oneAmongManyIsFoundByHalves() {
        filter.refused = "198.51.100.66";
        for (int i = 0; i < 100; i++) {
            // addresses that touch would be one range
            policy("a/p" + i, "198.51.100." + 2 * (i + 1));
        }
        writer.write(false);
        assertThat(writer.refused()).singleElement().satisfies(r -> assertThat(r.policy()).hasToString("a/p32"));
        assertThat(filter.tries).isLessThan(20);
        assertThat(standing()).contains("198.51.100.2,", "198.51.100.64", "198.51.100.68", "198.51.100.200")
                .doesNotContain("198.51.100.66");
    }

    @Test
    void aSearchIsBoundedAndLeavesTheRestClosed() {
        filter.refused = "198.51.100.";
        for (int i = 0; i < 100; i++) {
            policy("a/p" + i, "198.51.100." + (i + 1));
        }
        writer.write(false);
        assertThat(filter.tries).isLessThan(PolicyWriter.MOST_TRIES + 10);
        assertThat(writer.refused()).hasSize(100).anyMatch(PolicyWriter.Refusal::alone).anyMatch(r -> !r.alone());
        assertThat(rules("10.42.0.11")).allMatch(r -> r.contains("reject"));
        filter.refused = "";
        writer.write(true);
        assertThat(writer.refused()).isEmpty();
    }

    @Test
    void whatWasTakenBeforeIsLookedAtWhereNothingNewIsGuilty() {
        policy("a/x", "198.51.100.66");
        policy("b/y", "198.51.100.2");
        writer.write(false);
        filter.refused = "198.51.100.66";
        writer.suspect();
        assertThat(writer.write(false).refused()).isTrue();
        assertThat(writer.refused()).singleElement().satisfies(r -> assertThat(r.policy()).hasToString("a/x"));
        assertThat(rules("10.42.0.21")).anyMatch(r -> r.startsWith("ip saddr 198.51.100.2 "));
    }

    @Test
    void whatIsRefusedWhateverPoliciesSayIsNoPolicysFault() {
        policy("a/x", "198.51.100.1");
        filter.refused = "add table";
        assertThatThrownBy(() -> writer.write(false)).isInstanceOf(FilterRefused.class).hasMessage(WORDS);
        assertThat(writer.refused()).isEmpty();
        assertThat(filter.taken).isEmpty();
        filter.refused = "";
        assertThat(writer.write(false)).isEqualTo(new PolicyWriter.Outcome(true, false));
        assertThat(standing()).contains("198.51.100.1");
    }

    @Test
    void itsWriterIsToldOnceUntilItIsAnotherOne() {
        try (FakeApi api = FakeApi.stepped(Instant::now)) {
            PolicyRefusals refusals = new PolicyRefusals("here",
                    key -> Optional.of(World.letting(key.toString(), "198.51.100.66")), TimeSource.system());
            refusals.by(api);
            filter.refused = "198.51.100.66";
            policy("a/bad", "198.51.100.66");
            writer.write(false);
            refusals.tell(writer.refused());
            writer.write(true);
            refusals.tell(writer.refused());
            assertThat(refusals.step()).isTrue();
            assertThat(refusals.step()).isFalse();
            Struct told = api.list(BuiltinResources.EVENTS, Query.ALL).items().getFirst().tree();
            assertThat(told.struct("involvedObject").text("kind") + " " + told.struct("involvedObject").text("name"))
                    .isEqualTo("NetworkPolicy bad");
            assertThat(told.text("type") + " " + told.text("reason")).isEqualTo("Warning SyncError");
            assertThat(told.text("message")).contains("node here").endsWith(WORDS);
            policy("a/bad", "198.51.100.66");
            writer.write(false);
            refusals.tell(writer.refused());
            assertThat(refusals.step()).as("it has changed").isTrue();
        }
    }

    @Test
    void whatStaysRefusedIsToldAgainBeforeItsEventHasGone() {
        ManualClock clock = new ManualClock();
        try (FakeApi api = FakeApi.stepped(clock)) {
            PolicyRefusals refusals = new PolicyRefusals("here",
                    key -> Optional.of(World.letting(key.toString(), "198.51.100.66")), clock);
            refusals.by(api);
            filter.refused = "198.51.100.66";
            policy("a/bad", "198.51.100.66");
            assertThat(toldBy(refusals)).isTrue();
            clock.advance(PolicyRefusals.AGAIN.minusSeconds(1));
            assertThat(toldBy(refusals)).as("a short time after").isFalse();
            filter.refused = "";
            assertThat(toldBy(refusals)).as("taken").isFalse();
            filter.refused = "198.51.100.66";
            writer.suspect();
            assertThat(toldBy(refusals)).as("the Event of before is there").isFalse();
            clock.advance(Duration.ofSeconds(1));
            assertThat(toldBy(refusals)).isTrue();
            assertThat(toldBy(refusals)).as("once").isFalse();
            assertThat(api.list(BuiltinResources.EVENTS, Query.ALL).items()).singleElement()
                    .satisfies(e -> assertThat(e.tree().whole("count", 0)).isEqualTo(2));
        }
    }

    @Test
    void aVersionThatIsGoneIsNotKept() throws InterruptedException {
        PolicyRefusals refusals = World.untold();
        WeakReference<PodPolicy> first = new WeakReference<>(told(refusals));
        told(refusals);
        Waiting.until("the first version has gone", () -> {
            System.gc();
            return first.refersTo(null);
        });
        refusals.tell(List.of());
    }

    private static PodPolicy told(PolicyRefusals refusals) {
        PodPolicy policy = PodPolicy.of(World.letting("a/bad", "198.51.100.66"));
        refusals.tell(List.of(new PolicyWriter.Refusal(policy, WORDS, true)));
        return policy;
    }

    /// Writes, tells, and says whether there is an Event of it.
    private boolean toldBy(PolicyRefusals refusals) {
        writer.write(true);
        refusals.tell(writer.refused());
        return refusals.step();
    }

    @Test
    void aPodStartsBesideARefusedPolicy() throws InterruptedException {
        filter.refused = "198.51.100.66";
        Picture here = World.picture();
        Obj bad = World.letting("a/bad", "198.51.100.66");
        here.policy(bad.key(), bad);
        Counters counters = new Counters();
        PolicyLoop loop = new PolicyLoop(here, filter, () -> true,
                new PolicyLoop.PolicyReports(Health.none().scope("network-policy"), counters, World.untold()),
                World.RANGES);
        Thread worker = Thread.startVirtualThread(() -> {
            try {
                loop.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        loop.decide(World.pod("b", "fresh", "here", Map.of(), Seq.EMPTY), List.of("10.42.0.77"), LIMIT);
        loop.stop();
        worker.join();
        assertThat(filter.taken.getLast()).contains("10.42.0.77");
        assertThat(counters.text()).doesNotContain("refused_writes_total 0\n");
    }
}

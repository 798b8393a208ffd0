package io.k3j.networkpolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Health;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.netpolicy.PodPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// While it is looked for whose rules the kernel refuses, the pods of others are as they were.
class PolicySearchTest {
    private static final String BAD = "198.51.100.66";
    private static final int STEPS = 10;
    private final Picture picture = World.picture();
    private final PolicyTable table = new PolicyTable();
    private final ScriptedFilter filter = new ScriptedFilter();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private PolicyWriter writer = begun();
    private final List<PolicyTable.Made> stood = new ArrayList<>();

    private PolicyWriter begun() {
        return new PolicyWriter(filter, this::made, stopped::get);
    }

    private PolicyTable.Made made(Predicate<PodPolicy> open) {
        picture.open(open);
        return table.of(picture);
    }

    /// Somebody else is let in to the pods of `b`, and the kernel has the rules.
    @BeforeEach
    void begin() {
        policy(World.letting("b/y", "198.51.100.2"));
        filter.present = () -> writer.stands().table().objects();
        writer.write(false);
    }

    private void policy(Obj policy) {
        picture.policy(policy.key(), policy);
    }

    private void starts(String name, Map<String, String> labels, Seq ports, String address) {
        picture.starting(World.pod("a", name, "here", labels, ports), List.of(address));
    }

    /// Writes. Whenever one looks meanwhile, the pods of `b` are reached by whom `b/y` lets in; the rules of one policy
    /// are refused.
    private void refusesOnly(String policy) {
        filter.hook = () -> stood.add(writer.stands());
        assertThat(writer.write(false).refused()).isTrue();
        stood.add(writer.stands());
        // of a writer that has not written yet
        stood.removeIf(made -> made.applied().isEmpty());
        assertThat(stood).isNotEmpty().allSatisfy(made -> assertThat(World.rules(made, "10.42.0.21"))
                .anyMatch(r -> r.startsWith("ip saddr 198.51.100.2 ")));
        assertThat(writer.refused()).singleElement().satisfies(r -> {
            assertThat(r.policy()).hasToString(policy);
            assertThat(r.alone()).isTrue();
        });
    }

    private List<String> rules(String address) {
        return World.rules(writer.stands(), address);
    }

    @Test
    void aPolicyThatGetsItsFirstPodIsTheOnlySuspect() {
        filter.refused = BAD;
        policy(World.policy("a/bad", Struct.of("podSelector", Struct.of("matchLabels", Struct.of("app", "late")),
                "policyTypes", Seq.of("Ingress"), "ingress",
                Seq.of(Struct.of("from", Seq.of(Struct.of("ipBlock", Struct.of("cidr", BAD + "/32"))))))));
        assertThat(writer.write(false).refused()).as("it has no rules").isFalse();
        starts("late", Map.of("app", "late"), Seq.EMPTY, "10.42.0.77");
        refusesOnly("a/bad");
        assertThat(rules("10.42.0.77")).isNotEmpty().allMatch(r -> r.contains("reject"));
    }

    @Test
    void whoseRulesANewPodChangesIsSuspectedBeforeThoseWhoseRulesStand() {
        policy(World.policy("a/named", Struct.of("podSelector", Struct.EMPTY, "policyTypes", Seq.of("Ingress"),
                "ingress", Seq.of(Struct.of("from",
                        Seq.of(Struct.of("ipBlock", Struct.of("cidr", "198.51.100.1/32"))), "ports",
                        Seq.of(Struct.of("port", "web")))))));
        assertThat(writer.write(false).refused()).isFalse();
        assertThat(rules("10.42.0.12")).anyMatch(r -> r.contains("dport 81 "));
        filter.refused = "dport 4444 ";
        starts("odd", Map.of(), Seq.of(Struct.of("name", "web", "containerPort", 4444, "protocol", "TCP")),
                "10.42.0.77");
        refusesOnly("a/named");
        assertThat(rules("10.42.0.77")).isNotEmpty().allMatch(r -> r.contains("reject"));
    }

    @Test
    void whereAllRulesStandFewAreClosedAtATime() {
        policy(World.letting("a/x", BAD));
        assertThat(writer.write(false).refused()).isFalse();
        filter.refused = BAD;
        // somebody has taken something else away
        filter.present = () -> writer.stands().table().objects().stream().filter(o -> o.startsWith("chain "))
                .collect(Collectors.toSet());
        writer.suspect();
        refusesOnly("a/x");
    }

    @Test
    void aSuccessorSuspectsThoseWhoseRulesTheKernelDoesNotHave() {
        filter.refused = BAD;
        policy(World.letting("a/bad", BAD));
        refusesOnly("a/bad");
        Set<String> there = writer.stands().table().objects();
        filter.present = () -> there;
        writer = begun();
        refusesOnly("a/bad");
        assertThat(rules("10.42.0.11")).isNotEmpty().allMatch(r -> r.contains("reject"));
    }

    @Test
    void aStopEndsASearch() {
        refusesAll();
        filter.hook = () -> stopped.set(filter.tries >= STEPS);
        assertThatThrownBy(() -> writer.write(false)).isInstanceOf(CancellationException.class);
        assertThat(filter.tries).isEqualTo(STEPS);
        assertThat(rules("10.42.0.11")).as("closed").isNotEmpty().allMatch(r -> r.contains("reject"));
    }

    @Test
    void theLoopEndsWithAStopDuringASearch() throws InterruptedException {
        refusesAll();
        PolicyLoop loop = new PolicyLoop(picture, filter, () -> true,
                new PolicyLoop.PolicyReports(Health.none().scope("network-policy"), new Counters(), World.untold()),
                World.RANGES);
        filter.hook = () -> {
            if (filter.tries == STEPS) {
                loop.stop();
            }
        };
        loop.run();
        assertThat(filter.tries).isEqualTo(STEPS);
    }

    @Test
    void whatTakesLongIsTriedAgainLater() {
        assertThat(PolicyLoop.pauseAfterTry(Duration.ofMillis(20))).isEqualTo(Duration.ofSeconds(30));
        assertThat(PolicyLoop.pauseAfterTry(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(90));
    }

    /// A hundred policies of which the kernel takes none; nothing stands there.
    private void refusesAll() {
        filter.refused = "198.51.100.";
        filter.present = Set::of;
        filter.tries = 0;
        for (int i = 0; i < 100; i++) {
            // addresses that touch would be one range
            policy(World.letting("a/p" + i, "198.51.100." + 2 * (i + 1)));
        }
    }
}

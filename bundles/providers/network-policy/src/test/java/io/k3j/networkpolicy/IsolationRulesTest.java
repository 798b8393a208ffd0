package io.k3j.networkpolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.netpolicy.Direction;
import io.k3j.netpolicy.Isolation;
import io.k3j.netpolicy.PodPolicy;
import io.k3j.netpolicy.PolicyEnd;
import io.k3j.netpolicy.PolicyFlow;
import io.k3j.netpolicy.PolicyPod;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class IsolationRulesTest {
    private static final int MANY = 10_000;
    private static final int FEW_RULES = 12;
    private static final int NESTED = 4_000;
    private static final int BEYOND = 65_536;

    private static PolicyChains rules(int policies, IntFunction<Struct> rule) {
        List<PodPolicy> all = IntStream.range(0, policies).mapToObj(i -> {
            Obj policy = World.policy("a/p" + i,
                    Struct.of("podSelector", Struct.EMPTY, "policyTypes", Seq.of("Ingress"),
                            "ingress", Seq.of(rule.apply(i))));
            return PodPolicy.of(policy);
        }).toList();
        PolicyPod pod = PolicyPod.of(World.pod("a/x")).orElseThrow();
        return IsolationRules.of(Isolation.of(pod, Direction.INGRESS, all).orElseThrow(),
                new Surroundings(Families.of(List.of()), List.of(), Map.of()));
    }

    /// The rules a packet meets at most: those of the first chain and of the longest one it leads to.
    private static int way(PolicyChains chains) {
        int first = chains.chains().get(chains.chain()).size();
        return first + chains.chains().entrySet().stream().filter(e -> !e.getKey().equals(chains.chain()))
                .mapToInt(e -> e.getValue().size()).max().orElse(0);
    }

    private static Struct from(Struct peer, int port) {
        return Struct.of("from", Seq.of(peer), "ports", Seq.of(Struct.of("port", port)));
    }

    private static Struct pods(String value) {
        return Struct.of("podSelector", Struct.of("matchLabels", Struct.of("app", value)));
    }

    private static Struct block(int i) {
        return Struct.of("ipBlock",
                Struct.of("cidr", "198." + (18 + i / 65_536) + "." + i / 256 % 256 + "." + i % 256 + "/32"));
    }

    @Test
    void manyPoliciesThatSayTheSameAreOneRule() {
        PolicyChains one = rules(1, i -> from(pods("y"), 80));
        PolicyChains many = rules(MANY, i -> from(pods("y"), 80));
        assertThat(many.chains()).hasSameSizeAs(one.chains());
        assertThat(way(many)).isEqualTo(way(one));
        assertThat(many.members()).isEqualTo(one.members());
    }

    @Test
    void manyPeersShareASet() {
        PolicyChains many = rules(MANY, i -> from(pods("p" + i), 80));
        assertThat(way(many)).isLessThan(FEW_RULES);
        assertThat(many.members().values()).singleElement().asInstanceOf(
                InstanceOfAssertFactories.LIST).hasSize(MANY);
    }

    @Test
    void manyBlocksShareASetOfRangesThatDoNotTouch() {
        PolicyChains many = rules(MANY, i -> from(block(i), 80));
        assertThat(way(many)).isLessThan(FEW_RULES);
        assertThat(many.chains().values().toString()).contains(
                "saddr 198.18.0.0-198.18." + (MANY - 1) / 256 + "." + (MANY - 1) % 256 + " ");
        PolicyChains apart = rules(MANY, i -> from(block(2 * i), 80));
        assertThat(way(apart)).isLessThan(FEW_RULES);
        assertThat(apart.blocks().values()).singleElement().asInstanceOf(InstanceOfAssertFactories.LIST).hasSize(MANY);
    }

    @Test
    void manyPortsAreOneLookUp() {
        PolicyChains many = rules(MANY, i -> from(pods("p" + i % 3), 1 + i));
        assertThat(way(many)).isLessThan(FEW_RULES);
        assertThat(many.chains()).as("one for each combination of peers").hasSize(4);
    }

    @Test
    void nameAndContentGoTogether() {
        PolicyChains one = rules(2, i -> from(pods("p" + i), 80));
        assertThat(rules(2, i -> from(pods("p" + i), 80))).isEqualTo(one);
        assertThat(rules(2, i -> from(pods("q" + i), 80)).chain()).isNotEqualTo(one.chain());
        assertThat(rules(2, i -> from(pods("p" + i), 81)).chain()).isNotEqualTo(one.chain());
    }

    @Test
    void selectorsThatSayTheSameShareASet() {
        PolicyChains chains = rules(2, i -> from(Struct.of("podSelector", i == 0
                ? Struct.of("matchLabels", Struct.of("a", "1", "b", "2"))
                : Struct.of("matchExpressions", Seq.of(
                        Struct.of("key", "b", "operator", "In", "values", Seq.of("2")),
                        Struct.of("key", "a", "operator", "In", "values", Seq.of("1"))))),
                80));
        assertThat(chains.members()).hasSize(1);
    }

    /// Of one policy with ranges of ports one in the other.
    private static Isolation nested(int ranges, IntFunction<Struct> peer) {
        List<Struct> rules = IntStream.rangeClosed(1, ranges).mapToObj(i -> Struct.of("from", Seq.of(peer.apply(i)),
                "ports", Seq.of(Struct.of("port", i, "endPort", BEYOND - i)))).toList();
        return isolation(Direction.INGRESS, Struct.of("podSelector", Struct.EMPTY, "policyTypes", Seq.of("Ingress"),
                "ingress", Seq.copyOf(rules)));
    }

    private static Isolation isolation(Direction direction, Struct policy) {
        return Isolation.of(PolicyPod.of(World.pod("a/x")).orElseThrow(), direction,
                List.of(PodPolicy.of(World.policy("a/p", policy)))).orElseThrow();
    }

    private static PolicyChains rules(Isolation isolation) {
        return IsolationRules.of(isolation, new Surroundings(Families.of(List.of()), List.of(), Map.of()));
    }

    private static int rules(PolicyChains chains) {
        return chains.chains().values().stream().mapToInt(List::size).sum();
    }

    @Test
    void rangesThatOverlapOftenCostNoMoreThanTheyAre() {
        PolicyChains chains = rules(nested(NESTED, i -> pods("p" + i)));
        assertThat(chains.members().values().stream().mapToInt(List::size).sum()).isEqualTo(NESTED);
        assertThat(rules(chains)).as("one of each family, and refusals").isBetween(NESTED, 2 * NESTED + FEW_RULES);
        assertThat(rules(rules(nested(NESTED, i -> pods("same"))))).isLessThan(FEW_RULES);
    }

    @Test
    void rangesThatOverlapALittleAreOneLookUp() {
        assertThat(way(rules(nested(20, i -> pods("p" + i))))).isEqualTo(way(rules(nested(4, i -> pods("p" + i)))));
    }

    @Test
    void rangesThatOverlapLetThroughWhatTheEvaluationDoes() {
        for (int ranges : new int[] {20, NESTED}) {
            Isolation isolation = nested(ranges, i -> pods("p" + i));
            RuleWalk walk = new RuleWalk(rules(isolation));
            for (int i : new int[] {1, 2, 7, ranges / 2, ranges, ranges + 1}) {
                PolicyPod peer = PolicyPod.of(World.pod("a", "peer", "there", Map.of("app", "p" + i), Seq.EMPTY))
                        .orElseThrow();
                for (int port : new int[] {1, i - 1, i, i + 1, BEYOND / 2, BEYOND - i - 1, BEYOND - i, BEYOND - i + 1
                }) {
                    assertThat(walk.passes(peer, port)).as("%d ranges, p%d to %d", ranges, i, port)
                            .isEqualTo(isolation.allows(flow(peer, port)).isPresent());
                }
            }
        }
    }

    private static PolicyFlow flow(PolicyPod peer, int port) {
        return new PolicyFlow(
                new PolicyEnd(InetAddress.ofLiteral("10.42.1.1"), Optional.of(peer), Map.of(), ""),
                World.end("a/x", 0), "tcp", port);
    }

    @Test
    void portsByNameAreAskedBeforeARefusalOfTheirNumber() {
        PolicyChains chains = rules(isolation(Direction.EGRESS, Struct.of("podSelector", Struct.EMPTY, "policyTypes",
                Seq.of("Egress"), "egress", Seq.of(
                        Struct.of("to", Seq.of(pods("y")), "ports", Seq.of(Struct.of("port", "web"))),
                        Struct.of("to", Seq.of(block(0)), "ports",
                                Seq.of(Struct.of("port", 80), Struct.of("port", 443)))))));
        List<String> sorts = chains.chains().get(chains.chain()).stream()
                .filter(rule -> rule.contains("@n4-") || rule.contains(" vmap "))
                .map(rule -> rule.contains(" vmap ") ? "number" : "name").toList();
        assertThat(sorts).containsExactly("name", "number");
    }
}

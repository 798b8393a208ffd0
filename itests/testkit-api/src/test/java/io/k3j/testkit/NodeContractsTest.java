package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import io.k3j.nodeapi.PodNetwork;
import io.k3j.nodeapi.PodStartGate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The suites of a node's contracts let pass who keeps the promises, and find each that is broken.
class NodeContractsTest {
    private static final PodStartGate OPEN = (pod, addresses) -> {
    };
    private static final PodStartGate CLOSED = (pod, addresses) -> {
        throw new IllegalStateException("there are no rules yet");
    };

    /// A network as somebody has made it.
    private record Made(List<String> ranges, List<String> gateways) implements PodNetwork {
    }

    private static PodNetworkContract of(PodNetwork network) {
        return new PodNetworkContract() {
            @Override
            protected PodNetwork network() {
                return network;
            }
        };
    }

    private static PodNetworkContract network(List<String> ranges, List<String> gateways) {
        return of(new Made(ranges, gateways));
    }

    @Test
    void aNetworkThatKeepsItsPromisesPasses() {
        PodNetworkContract kept = network(List.of("10.42.0.0/24", "fd42::/64"), List.of("10.42.0.1", "fd42::1"));
        assertThatCode(() -> {
            kept.guarantee1HasARangeOfEachFamilyIpv4First();
            kept.guarantee2HasAnAddressOfItsOwnInEachRange();
            kept.guarantee3ItsValuesStay();
            kept.guarantee4IsAskedBySeveralThreadsAtOnce();
        }).doesNotThrowAnyException();
    }

    @Test
    void wrongNetworksAreFound() {
        for (List<String> ranges : List.of(List.<String>of(), List.of("10.42.0.0"), List.of("10.42.0.1/24"),
                List.of("fd42::/64", "10.42.0.0/24"), List.of("10.42.0.0/24", "10.43.0.0/24"))) {
            assertThatThrownBy(network(ranges, List.of())::guarantee1HasARangeOfEachFamilyIpv4First)
                    .as(ranges.toString()).isInstanceOf(AssertionError.class);
        }
        for (List<String> gateways : List.of(List.<String>of(), List.of("10.42.1.1"), List.of("10.42.0.0"),
                List.of("fd42::1"))) {
            assertThatThrownBy(network(List.of("10.42.0.0/24"), gateways)::guarantee2HasAnAddressOfItsOwnInEachRange)
                    .as(gateways.toString()).isInstanceOf(AssertionError.class);
        }
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(of(new PodNetwork() {
            @Override
            public List<String> ranges() {
                return List.of("10.42." + asked.incrementAndGet() + ".0/24");
            }

            @Override
            public List<String> gateways() {
                return List.of("10.42.0.1");
            }
        })::guarantee3ItsValuesStay).isInstanceOf(AssertionError.class);
    }

    private static PodStartGateContract gates(PodStartGate open, PodStartGate closed) {
        return new PodStartGateContract() {
            @Override
            protected PodStartGate open() {
                return open;
            }

            @Override
            protected PodStartGate closed() {
                return closed;
            }

            @Override
            protected Sample pod() {
                return new Sample(Obj.of(Struct.of("metadata", Struct.of("name", "p", "namespace", "default"))),
                        List.of("10.42.0.7"));
            }
        };
    }

    @Test
    void aGateThatKeepsItsPromisesPasses() {
        PodStartGateContract kept = gates(OPEN, CLOSED);
        assertThatCode(() -> {
            kept.guarantee1LetsStartWhatMayAndTheSameAgain();
            kept.guarantee2SaysWhatIsMissing();
            kept.guarantee3AnswersSoonWhateverItWaitsFor();
            kept.guarantee4EndsWhenItsThreadIsInterrupted();
            kept.guarantee5IsAskedAboutSeveralPodsAtOnce();
        }).doesNotThrowAnyException();
    }

    @Test
    void wrongGatesAreFound() {
        AtomicInteger asked = new AtomicInteger();
        PodStartGate once = (pod, addresses) -> {
            if (asked.incrementAndGet() > 1) {
                throw new IllegalStateException("was asked before");
            }
        };
        assertThatThrownBy(gates(once, CLOSED)::guarantee1LetsStartWhatMayAndTheSameAgain)
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(gates(OPEN, OPEN)::guarantee2SaysWhatIsMissing).as("lets everything pass")
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(gates(OPEN, (pod, addresses) -> {
            throw new IllegalStateException();
        })::guarantee2SaysWhatIsMissing).as("does not say why").isInstanceOf(AssertionError.class);
    }

    /// A packet filter in memory, for the words that the suite uses.
    private static final class Ruleset implements PacketFilter {
        private final boolean half;
        private Map<String, List<String>> tables = new HashMap<>();

        /// @param half whether what was done before a refusal stays
        Ruleset(boolean half) {
            this.half = half;
        }

        @Override
        public synchronized void apply(String script) {
            Map<String, List<String>> next = new HashMap<>();
            tables.forEach((name, objects) -> next.put(name, new ArrayList<>(objects)));
            if (half) {
                tables = next;
            }
            for (String line : script.lines().toList()) {
                String[] words = line.split(" ");
                List<String> objects = next.computeIfAbsent(words[3], _ -> new ArrayList<>());
                if (words[0].equals("delete")) {
                    next.remove(words[3]);
                } else if (words[1].equals("rule") && !objects.contains("chain " + words[4])) {
                    throw new FilterRefused("no such chain: " + words[4]);
                } else if (!words[1].equals("table")) {
                    objects.add(words[1] + " " + words[4]);
                }
            }
            tables = next;
        }

        @Override
        public synchronized Set<String> objects(String family, String table) {
            List<String> objects = tables.get(table);
            if (objects == null) {
                return Set.of();
            }
            Set<String> found = new HashSet<>();
            objects.stream().filter(object -> !object.startsWith("rule ")).forEach(found::add);
            found.add("rules " + objects.stream().filter(object -> object.startsWith("rule ")).count());
            return found;
        }

        @Override
        public synchronized Map<String, Long> counters(String family, String table) {
            Map<String, Long> found = new HashMap<>();
            tables.getOrDefault(table, List.of()).stream().filter(object -> object.startsWith("counter "))
                    .forEach(object -> found.put(object.substring("counter ".length()), 0L));
            return found;
        }

        @Override
        public void forgetFlows(String address, int port) {
            // there are none
        }

        @Override
        public AutoCloseable onForeignChange(Runnable changed) {
            return () -> {
            };
        }
    }

    private static PacketFilterContract filters(PacketFilter filter, PacketFilter successor) {
        return new PacketFilterContract() {
            @Override
            protected PacketFilter filter() {
                return filter;
            }

            @Override
            protected PacketFilter successor() {
                return successor;
            }
        };
    }

    @Test
    void aFilterThatKeepsItsPromisesPasses() {
        PacketFilter ruleset = new Ruleset(false);
        PacketFilterContract kept = filters(ruleset, ruleset);
        assertThatCode(() -> {
            kept.guarantee1ATransactionTakesPlaceAsAWholeOrNotAtAll();
            kept.guarantee2TransactionsAreCarriedOutOneAfterTheOther();
            kept.guarantee3WhatStandsStaysForTheSuccessor();
            kept.guarantee4WhatIsNotThereIsEmptyAndNoFailure();
        }).doesNotThrowAnyException();
    }

    @Test
    void wrongFiltersAreFound() {
        PacketFilter half = new Ruleset(true);
        assertThatThrownBy(filters(half, half)::guarantee1ATransactionTakesPlaceAsAWholeOrNotAtAll)
                .as("keeps what it did before it refused").isInstanceOf(AssertionError.class);
        assertThatThrownBy(filters(new Ruleset(false), new Ruleset(false))::guarantee3WhatStandsStaysForTheSuccessor)
                .as("takes its rules along").isInstanceOf(AssertionError.class);
    }
}

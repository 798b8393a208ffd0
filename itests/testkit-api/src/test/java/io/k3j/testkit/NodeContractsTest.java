package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.PodNetwork;
import io.k3j.nodeapi.PodStartGate;
import java.util.List;
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
}

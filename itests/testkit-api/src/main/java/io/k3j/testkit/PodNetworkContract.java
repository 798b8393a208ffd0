package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.nodeapi.PodNetwork;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What the pod network of a node promises ([PodNetwork]). An implementation extends it and says which one is tried.
public abstract class PodNetworkContract {
    private static final int ASKED_AT_ONCE = 16;
    private static final int IPV4_BITS = 32;

    /// The one that is tried; the same at each call.
    protected abstract PodNetwork network();

    /// A range as numbers.
    ///
    /// @param base its first address
    /// @param bits of an address of its family
    /// @param prefix those of them that all its addresses have
    private record Range(BigInteger base, int bits, int prefix) {
        static Range of(String text) {
            int slash = text.indexOf('/');
            assertThat(slash).as(text + " is a range, as 10.42.0.0/24").isPositive();
            byte[] address = InetAddress.ofLiteral(text.substring(0, slash)).getAddress();
            return new Range(new BigInteger(1, address), address.length * Byte.SIZE,
                    Integer.parseInt(text.substring(slash + 1)));
        }

        private BigInteger network(BigInteger address) {
            return address.shiftRight(bits - prefix);
        }

        void wellFormed(String text) {
            assertThat(prefix).as(text).isBetween(1, bits);
            assertThat(network(base).shiftLeft(bits - prefix)).as(text + " begins with its first address")
                    .isEqualTo(base);
        }

        void has(String text) {
            byte[] address = InetAddress.ofLiteral(text).getAddress();
            assertThat(address.length * Byte.SIZE).as(text + " is of the range's family").isEqualTo(bits);
            BigInteger number = new BigInteger(1, address);
            assertThat(network(number)).as(text + " lies in its range").isEqualTo(network(base));
            assertThat(number).as(text + " is an address of a node").isNotEqualTo(base);
        }
    }

    @Test
    void guarantee1HasARangeOfEachFamilyIpv4First() {
        List<Range> ranges = network().ranges().stream().map(Range::of).toList();
        assertThat(ranges).isNotEmpty();
        for (int i = 0; i < ranges.size(); i++) {
            ranges.get(i).wellFormed(network().ranges().get(i));
        }
        List<Integer> families = ranges.stream().map(Range::bits).toList();
        assertThat(families).doesNotHaveDuplicates().isSorted();
        assertThat(families.getFirst()).isGreaterThanOrEqualTo(IPV4_BITS);
    }

    @Test
    void guarantee2HasAnAddressOfItsOwnInEachRange() {
        assertThat(network().gateways()).hasSameSizeAs(network().ranges());
        for (int i = 0; i < network().ranges().size(); i++) {
            Range.of(network().ranges().get(i)).has(network().gateways().get(i));
        }
    }

    @Test
    void guarantee3ItsValuesStay() {
        assertThat(network().ranges()).isEqualTo(network().ranges());
        assertThat(network().gateways()).isEqualTo(network().gateways());
    }

    @Test
    void guarantee4IsAskedBySeveralThreadsAtOnce() throws Exception {
        List<List<String>> alone = List.of(network().ranges(), network().gateways());
        List<Future<List<List<String>>>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ASKED_AT_ONCE; i++) {
                answers.add(threads.submit(() -> List.of(network().ranges(), network().gateways())));
            }
        }
        for (Future<List<List<String>>> answer : answers) {
            assertThat(answer.get()).isEqualTo(alone);
        }
    }
}

package io.k3j.componenthelpers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeCidrMasksTest {
    private static List<Cidr> clusters(String texts) {
        return Stream.of(texts.split(" ")).map(Cidr::parse).toList();
    }

    @ParameterizedTest
    @CsvSource({"10.42.0.0/16,0,0,0,24", "10.42.0.0/16,20,0,0,20", "10.42.0.0/16,0,25,0,25", "10.42.0.0/26,0,0,0,26",
            "fd42::/56,0,0,0,64", "fd42::/56,60,0,0,60", "fd42::/56,0,0,72,72"})
    void aRangeIsSplitAsTheArgumentOfItsFamilySays(String cluster, long any, long ipv4, long ipv6, int mask) {
        assertThat(NodeCidrMasks.of(clusters(cluster), any, ipv4, ipv6)).containsExactly(mask);
    }

    @Test
    void eachFamilyHasItsOwn() {
        assertThat(NodeCidrMasks.of(clusters("fd42::/56 10.42.0.0/16"), 0, 23, 0)).containsExactly(64, 23);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"10.42.0.0/16 fd42::/56|24|0|0|not allowed with dual-stack clusters",
            "10.42.0.0/16|24|24|0|not allowed if --node-cidr-mask-size is set",
            "10.42.0.0/16|0|0|64|-ipv6 is not allowed for a single-stack IPv4 cluster",
            "fd42::/56|0|24|0|-ipv4 is not allowed for a single-stack IPv6 cluster",
            "10.42.0.0/16|15|0|0|use a number from 16 to 30", "10.42.0.0/16|0|31|0|use a number from 16 to 30"})
    void whatCannotBeIsTold(String cluster, long any, long ipv4, long ipv6, String message) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> NodeCidrMasks.of(clusters(cluster), any, ipv4, ipv6)).withMessageContaining(message);
    }
}

package io.k3j.netpolicy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressRangesTest {
    private static List<String> texts(AddressRanges ranges) {
        return ranges.ranges().stream().map(AddressRanges.Range::toString).toList();
    }

    @Test
    void leavesExceptionsOut() {
        assertThat(texts(AddressRanges.block("10.0.0.0/8", List.of("10.1.0.0/16", "10.1.2.0/24", "11.0.0.0/8"))))
                .containsExactly("10.0.0.0-10.0.255.255", "10.2.0.0-10.255.255.255");
        assertThat(texts(AddressRanges.block("0.0.0.0/0", List.of("0.0.0.0/1", "255.255.255.255/32"))))
                .containsExactly("128.0.0.0-255.255.255.254");
        assertThat(texts(AddressRanges.block("::/0", List.of("8000::/1"))))
                .containsExactly("0:0:0:0:0:0:0:0-7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    }

    /// nft refuses a range that begins in one family and ends in the other.
    @Test
    void ipv6StaysIpv6WhereItsAddressesHoldSomeOfIpv4() {
        assertThat(texts(AddressRanges.block("::/80", List.of())))
                .containsExactly("0:0:0:0:0:0:0:0-0:0:0:0:0:ffff:ffff:ffff");
        assertThat(texts(AddressRanges.block("::/0", List.of("::fffe:0:0/96")))).containsExactly(
                "0:0:0:0:0:0:0:0-0:0:0:0:0:fffd:ffff:ffff",
                "0:0:0:0:0:ffff:0:0-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        assertThat(texts(AddressRanges.block("::/0", List.of("0:0:0:0:1::/80", "::/81"))))
                .allSatisfy(text -> assertThat(text.split("-")).allMatch(end -> end.contains(":")));
    }

    @Test
    void whatOverlapsOrTouchesIsOneRange() {
        AddressRanges sum = AddressRanges.union(List.of(AddressRanges.block("10.0.1.0/24", List.of()),
                AddressRanges.block("10.0.0.0/24", List.of()), AddressRanges.block("10.0.0.128/25", List.of()),
                AddressRanges.block("10.0.3.1/32", List.of()), AddressRanges.block("fd00::/64", List.of())));
        assertThat(texts(sum)).containsExactly("10.0.0.0-10.0.1.255", "10.0.3.1",
                "fd00:0:0:0:0:0:0:0-fd00:0:0:0:ffff:ffff:ffff:ffff");
        assertThat(AddressRanges.union(List.of(sum, sum))).isEqualTo(sum);
    }

    @Test
    void theBitsBeyondThePrefixDoNotCount() {
        assertThat(AddressRanges.block("10.0.0.7/24", List.of())).isEqualTo(AddressRanges.block("10.0.0.0/24",
                List.of()));
    }

    @Test
    void whatCannotBeReadIsEmpty() {
        for (String text : List.of("", "10.0.0.0", "10.0.0.0/33", "host/8", "::ffff:10.0.0.0/104", "10.0.0.0/-1")) {
            assertThat(AddressRanges.block(text, List.of())).as(text).isEqualTo(AddressRanges.NONE);
            assertThat(AddressRanges.block("10.0.0.0/8", List.of(text))).as(text).isEqualTo(AddressRanges.NONE);
        }
    }

    @Test
    void containsItsEndsOnly() {
        AddressRanges ranges = AddressRanges.block("10.0.0.0/30", List.of("10.0.0.2/32"));
        assertThat(List.of(0, 1, 2, 3, 4)).filteredOn(i -> ranges.contains(InetAddress.ofLiteral("10.0.0." + i)))
                .containsExactly(0, 1, 3);
        assertThat(ranges.contains(InetAddress.ofLiteral("::a00:0"))).isFalse();
    }
}

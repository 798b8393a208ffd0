package io.k3j.componenthelpers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class CidrTest {
    private static boolean contains(String network, String address) {
        return Cidr.parse(network).contains(InetAddress.ofLiteral(address));
    }

    @Test
    void addressesAreInsideByTheBitsOfThePrefix() {
        assertThat(contains("10.42.0.0/16", "10.42.255.255")).isTrue();
        assertThat(contains("10.42.0.0/16", "10.43.0.0")).isFalse();
        assertThat(contains("10.42.0.128/25", "10.42.0.127")).isFalse();
        assertThat(contains("10.42.0.1/32", "10.42.0.1")).isTrue();
        assertThat(contains("0.0.0.0/0", "255.255.255.255")).isTrue();
        assertThat(contains("fd42::/56", "fd42:0:0:ff::1")).isTrue();
        assertThat(contains("fd42::/56", "fd42:0:0:100::1")).isFalse();
        assertThat(contains("0.0.0.0/0", "fd42::1")).isFalse();
        assertThat(contains("10.42.7.9/16", "10.42.0.1")).as("a base that is no network address").isTrue();
    }

    @Test
    void aNetworkHoldsSmallerOnesOnly() {
        Cidr cluster = Cidr.parse("10.42.0.0/16");
        assertThat(cluster.contains(Cidr.parse("10.42.3.0/24"))).isTrue();
        assertThat(cluster.contains(cluster)).isTrue();
        assertThat(cluster.contains(Cidr.parse("10.0.0.0/8"))).isFalse();
        assertThat(cluster.contains(Cidr.parse("fd42::/64"))).isFalse();
    }

    @Test
    void hostsHaveNeitherTheFirstAddressNorTheBroadcastAddress() {
        assertThat(List.of("10.43.0.1", "10.43.255.254")).allMatch(a -> host("10.43.0.0/16", a));
        assertThat(List.of("10.43.0.0", "10.43.255.255", "10.44.0.1", "fd43::1"))
                .noneMatch(a -> host("10.43.0.0/16", a));
        assertThat(List.of("fd43::1", "fd43::ffff:ffff:ffff:ffff")).allMatch(a -> host("fd43::/64", a));
        assertThat(host("fd43::/64", "fd43::")).isFalse();
        assertThat(host("10.43.0.1/32", "10.43.0.1")).isFalse();
    }

    @Test
    void whatOthersHaveStoredIsReadAsFarAsItCanBe() {
        assertThat(Cidr.readable(List.of("10.43.0.0/16", "", "none/8", "10.43.0.0/99", "fd43::/112")))
                .extracting(Cidr::toString).containsExactly("10.43.0.0/16", "fd43::/112");
    }

    private static boolean host(String network, String address) {
        return Cidr.parse(network).containsHost(InetAddress.ofLiteral(address));
    }

    @Test
    void addressesAreCountedFromTheBase() {
        assertThat(Cidr.parse("10.43.0.0/16").address(10)).isEqualTo("10.43.0.10");
        assertThat(Cidr.parse("10.43.0.255/16").address(1)).isEqualTo("10.43.1.0");
        assertThat(Cidr.parse("10.43.9.9/16").network()).hasToString("10.43.0.0/16");
        assertThat(Cidr.parse("fd43::/112").address(1)).isEqualTo("fd43::1");
        assertThat(Cidr.parse("10.43.0.0/16").offset(InetAddress.ofLiteral("10.43.1.1")))
                .isEqualTo(BigInteger.valueOf(257));
    }

    @Test
    void addressesAreWrittenInTheirShortestForm() {
        for (String text : List.of("::", "::1", "fd00::", "fd00:42:0:1::5", "2001:db8::1:0:0:1", "2001:0:0:1::1",
                "1:2:3:4:5:6:7:8", "1:0:3:4:5:6:7:8", "10.0.0.1")) {
            assertThat(Cidr.text(InetAddress.ofLiteral(text))).isEqualTo(text);
        }
        assertThat(Cidr.text(InetAddress.ofLiteral("FD00:0:0:0:0:0:0:A"))).isEqualTo("fd00::a");
        assertThat(Cidr.parse("fd00:0:0::/56")).hasToString("fd00::/56");
    }

    @Test
    void whatIsNoNetworkIsRefused() {
        for (String text : List.of("", "10.42.0.0", "10.42.0.0/", "10.42.0.0/33", "10.42.0.0/-1", "10.42.0.0/+8",
                "host/8", "fd42::/129")) {
            assertThatThrownBy(() -> Cidr.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Cidr.parse("10.42.0.0/16").offset(InetAddress.ofLiteral("fd42::1")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

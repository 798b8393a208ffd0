package io.k3j.admissioncore;

import io.k3j.componenthelpers.Cidr;
import java.math.BigInteger;
import java.net.InetAddress;

/// One range of Service addresses. The lower band is reserved for addresses that users choose. Immutable. See
/// <https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/>.
/// @param text as the flag gives it
/// @param network the parsed network
/// @param size the number of addresses, limited to 2^20
record ServiceRange(String text, Cidr network, long size) {
    private static final int MOST_BITS = 20;
    private static final long BAND_LEAST = 16;
    private static final long BAND_MOST = 256;

    /// Parses `10.43.0.0/16`.
    /// @throws IllegalArgumentException for anything that is not an address range
    static ServiceRange parse(String text) {
        if (text.indexOf('/') < 0) {
            throw new IllegalArgumentException("--service-cidr is no address range: " + text);
        }
        Cidr network = Cidr.parse(text).network();
        return new ServiceRange(text, network, 1L << Math.min(network.addressBits() - network.bits(), MOST_BITS));
    }

    /// `IPv4` or `IPv6`.
    String family() {
        return network.ipv6() ? "IPv6" : "IPv4";
    }

    /// The index of the first address above the lower band.
    long firstDynamic() {
        return Math.min(Math.max(BAND_LEAST, size / 16), BAND_MOST) + 1;
    }

    /// The address at an index. Index 0 is the network itself; the last one of IPv4 is the broadcast address.
    String address(long index) {
        return network.address(index);
    }

    /// The index of the last address that may be allocated.
    long lastUsable() {
        return network.ipv6() ? size - 1 : size - 2;
    }

    /// Whether an address is one that may be allocated: inside the network, first and broadcast address excluded.
    boolean contains(String address) {
        InetAddress ip = InetAddress.ofLiteral(address);
        if (ip.getAddress().length * Byte.SIZE != network.addressBits()) {
            return false;
        }
        BigInteger index = network.offset(ip);
        return index.signum() > 0 && index.compareTo(BigInteger.valueOf(lastUsable())) <= 0;
    }
}

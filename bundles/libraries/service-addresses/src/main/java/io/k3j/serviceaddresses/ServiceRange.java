package io.k3j.serviceaddresses;

import io.k3j.componenthelpers.Cidr;
import java.net.InetAddress;

/// One range of Service addresses. The lower band is reserved for addresses that users choose. Immutable. See
/// <https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/>.
/// @param network with its first address as base
/// @param size the number of addresses, limited to 2^62
public record ServiceRange(Cidr network, long size) {
    private static final int MOST_BITS = 62;
    private static final long BAND_LEAST = 16;
    private static final long BAND_MOST = 256;

    /// The range of a network; bits beyond the prefix are ignored.
    static ServiceRange of(Cidr cidr) {
        Cidr network = cidr.network();
        return new ServiceRange(network, 1L << Math.min(network.addressBits() - network.bits(), MOST_BITS));
    }

    /// Parses `10.43.0.0/16`.
    /// @throws IllegalArgumentException for anything that is not an address range
    public static ServiceRange parse(String text) {
        if (text.indexOf('/') < 0) {
            throw new IllegalArgumentException("--service-cidr is no address range: " + text);
        }
        return of(Cidr.parse(text));
    }

    /// As `10.43.0.0/16`.
    public String text() {
        return network.toString();
    }

    /// `IPv4` or `IPv6`.
    public String family() {
        return network.ipv6() ? "IPv6" : "IPv4";
    }

    /// The index of the first address above the lower band. A range of no more addresses than the least band has none.
    public long firstDynamic() {
        return size <= BAND_LEAST ? 1 : Math.min(Math.max(BAND_LEAST, size / 16), BAND_MOST) + 1;
    }

    /// The address at an index. Index 0 is the network itself; the last one of IPv4 is the broadcast address.
    public String address(long index) {
        return network.address(index);
    }

    /// The index of the last address that may be allocated; below 1 when there is none.
    public long lastUsable() {
        return network.ipv6() ? size - 1 : size - 2;
    }

    /// Whether an address is one that may be allocated: inside the network, first and broadcast address excluded.
    public boolean contains(String address) {
        return network.containsHost(InetAddress.ofLiteral(address));
    }
}

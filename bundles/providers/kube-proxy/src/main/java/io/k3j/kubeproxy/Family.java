package io.k3j.kubeproxy;

import java.net.InetAddress;
import java.util.Optional;

/// The differences between IPv4 and IPv6.
enum Family {
    /// IPv4.
    FOUR("ip", "ipv4_addr", "IPv4", 4),
    /// IPv6.
    SIX("ip6", "ipv6_addr", "IPv6", 16);

    private final String table;
    private final String type;
    private final String slices;
    private final int bytes;

    Family(String table, String type, String slices, int bytes) {
        this.table = table;
        this.type = type;
        this.slices = slices;
        this.bytes = bytes;
    }

    /// The nftables family and protocol word.
    String word() {
        return table;
    }

    /// The nftables data type of an address.
    String type() {
        return type;
    }

    /// `addressType` of EndpointSlices.
    String slices() {
        return slices;
    }

    /// An address literal of this family in canonical form; empty for anything else, so that only valid addresses get
    /// into a script.
    Optional<String> literal(String text) {
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            // a scope is of one node's interface only
            return address.getAddress().length == bytes && text.indexOf('%') < 0
                    ? Optional.of(address.getHostAddress()) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// A CIDR literal of this family in canonical form; empty for anything else.
    Optional<String> network(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return literal(text);
        }
        String bits = text.substring(slash + 1);
        boolean number = !bits.isEmpty() && bits.length() <= 3 && bits.chars().allMatch(c -> c >= '0' && c <= '9');
        return number && Integer.parseInt(bits) <= bytes * 8
                ? literal(text.substring(0, slash)).map(a -> a + "/" + bits)
                : Optional.empty();
    }

    /// The CIDR of this machine itself.
    String loopback() {
        return this == FOUR ? "127.0.0.0/8" : "::1";
    }

    /// Address and port in the form of `dnat to`.
    String target(String address, int port) {
        return this == FOUR ? address + ":" + port : "[" + address + "]:" + port;
    }
}

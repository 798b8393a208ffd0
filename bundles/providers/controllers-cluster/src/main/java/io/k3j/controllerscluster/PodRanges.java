package io.k3j.controllerscluster;

import io.k3j.componenthelpers.Cidr;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Splits one cluster range into node CIDRs of equal size: /24 for IPv4, /64 for IPv6, upstream's defaults. For one
/// thread.
final class PodRanges {
    private static final int IPV4_BITS = 24;
    private static final int IPV6_BITS = 64;

    private final Cidr cluster;
    private final int bits;
    private final int width;
    private final long parts;
    private final Set<Long> taken = new HashSet<>();
    private long next;

    private PodRanges(Cidr cluster) {
        this.cluster = cluster.network();
        this.width = cluster.addressBits();
        this.bits = Math.max(cluster.bits(), cluster.ipv6() ? IPV6_BITS : IPV4_BITS);
        this.parts = 1L << Math.min(30, bits - cluster.bits());
    }

    /// Parses a range as `10.42.0.0/16`.
    /// @throws IllegalArgumentException for anything else
    static PodRanges of(String cidr) {
        if (cidr.indexOf('/') < 0) {
            throw new IllegalArgumentException("--cluster-cidr " + cidr + " has no prefix length");
        }
        return new PodRanges(Cidr.parse(cidr));
    }

    /// Whether a CIDR is of this range's address family.
    boolean sameFamily(String cidr) {
        return cidr.indexOf(':') >= 0 == cluster.ipv6();
    }

    /// Marks a CIDR as used; ignores one outside of the range.
    void take(String cidr) {
        if (sameFamily(cidr)) {
            index(cidr).ifPresent(taken::add);
        }
    }

    /// Releases a CIDR.
    void free(String cidr) {
        if (sameFamily(cidr)) {
            index(cidr).ifPresent(taken::remove);
        }
    }

    /// Allocates a free CIDR; empty when the range is full.
    Optional<String> next() {
        for (long i = 0; i < parts; i++) {
            long candidate = (next + i) % parts;
            if (taken.add(candidate)) {
                next = candidate + 1;
                return Optional.of(text(candidate));
            }
        }
        return Optional.empty();
    }

    private Optional<Long> index(String cidr) {
        InetAddress address = InetAddress.ofLiteral(cidr.substring(0, cidr.indexOf('/')));
        if (address.getAddress().length * Byte.SIZE != width) {
            return Optional.empty();
        }
        BigInteger offset = cluster.offset(address).shiftRight(width - bits);
        return offset.signum() < 0 || offset.compareTo(BigInteger.valueOf(parts)) >= 0
                ? Optional.empty()
                : Optional.of(offset.longValue());
    }

    private String text(long index) {
        return cluster.address(BigInteger.valueOf(index).shiftLeft(width - bits)) + "/" + bits;
    }
}

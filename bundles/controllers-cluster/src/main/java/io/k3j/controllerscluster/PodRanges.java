package io.k3j.controllerscluster;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Equal parts of one cluster range, one per node: /24 of an IPv4 range, /64 of an IPv6 one, as upstream's
/// defaults. One thread.
final class PodRanges {
    private static final int IPV4_BITS = 24;
    private static final int IPV6_BITS = 64;

    private final BigInteger base;
    private final int bits;
    private final int width;
    private final long parts;
    private final Set<Long> taken = new HashSet<>();
    private long next;

    private PodRanges(BigInteger base, int prefix, int width) {
        this.width = width;
        this.bits = Math.max(prefix, width == 32 ? IPV4_BITS : IPV6_BITS);
        this.base = base.shiftRight(width - prefix).shiftLeft(width - prefix);
        this.parts = 1L << Math.min(30, bits - prefix);
    }

    /// The parts of a range as `10.42.0.0/16`.
    /// @throws IllegalArgumentException when it is none
    static PodRanges of(String cidr) {
        int slash = cidr.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("--cluster-cidr " + cidr + " has no prefix length");
        }
        byte[] address = bytes(cidr.substring(0, slash));
        return new PodRanges(new BigInteger(1, address), Integer.parseInt(cidr.substring(slash + 1)),
                address.length * 8);
    }

    private static byte[] bytes(String literal) {
        try {
            return InetAddress.ofLiteral(literal).getAddress();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not an IP address: " + literal, e);
        }
    }

    /// Whether a part is of this range's family.
    boolean sameFamily(String cidr) {
        return cidr.indexOf(':') >= 0 == (width == 128);
    }

    /// Notes that a part is in use; one from elsewhere is ignored.
    void take(String cidr) {
        if (sameFamily(cidr)) {
            index(cidr).ifPresent(taken::add);
        }
    }

    /// Gives a part back.
    void free(String cidr) {
        if (sameFamily(cidr)) {
            index(cidr).ifPresent(taken::remove);
        }
    }

    /// A part that was not in use and now is; empty when there is none.
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
        BigInteger address = new BigInteger(1, bytes(cidr.substring(0, cidr.indexOf('/'))));
        BigInteger offset = address.subtract(base).shiftRight(width - bits);
        return offset.signum() < 0 || offset.compareTo(BigInteger.valueOf(parts)) >= 0
                ? Optional.empty()
                : Optional.of(offset.longValue());
    }

    private String text(long index) {
        byte[] raw = base.add(BigInteger.valueOf(index).shiftLeft(width - bits)).toByteArray();
        byte[] address = new byte[width / 8];
        int length = Math.min(raw.length, address.length);
        System.arraycopy(raw, raw.length - length, address, address.length - length, length);
        try {
            return InetAddress.getByAddress(address).getHostAddress() + "/" + bits;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.k3j.controllerscluster;

import io.k3j.componenthelpers.Cidr;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Splits one cluster range into node CIDRs of equal size. For one thread.
final class PodRanges {
    private final Cidr cluster;
    private final int bits;
    private final int width;
    private final long parts;
    /// Parts that are used, each with what lies in it: the part itself, or smaller CIDRs of several nodes that were
    /// there before the size was changed.
    private final Map<Long, Set<Cidr>> taken = new HashMap<>();
    /// CIDRs larger than a part, of nodes that were there before the size was changed.
    private final List<Span> larger = new ArrayList<>();
    private long next;

    private record Span(long first, long last) {
        boolean holds(long part) {
            return first <= part && part <= last;
        }
    }

    /// @param bits the prefix length of a node CIDR, not below the cluster's
    PodRanges(Cidr cluster, int bits) {
        this.cluster = cluster.network();
        this.width = cluster.addressBits();
        this.bits = bits;
        this.parts = 1L << Math.min(30, bits - cluster.bits());
    }

    /// Whether a CIDR is of this range's address family.
    boolean sameFamily(String cidr) {
        return cidr.indexOf(':') >= 0 == cluster.ipv6();
    }

    /// Marks a CIDR as used; ignores one outside of the range.
    void take(String cidr) {
        if (sameFamily(cidr)) {
            span(cidr).ifPresent(s -> {
                if (s.first() == s.last()) {
                    taken.computeIfAbsent(s.first(), _ -> new HashSet<>()).add(Cidr.parse(cidr));
                } else if (!larger.contains(s)) {
                    larger.add(s);
                }
            });
        }
    }

    /// Releases a CIDR.
    void free(String cidr) {
        if (sameFamily(cidr)) {
            span(cidr).ifPresent(s -> {
                if (s.first() == s.last()) {
                    release(s.first(), Cidr.parse(cidr));
                } else {
                    larger.remove(s);
                }
            });
        }
    }

    private void release(long part, Cidr cidr) {
        Set<Cidr> within = taken.get(part);
        if (within != null && within.remove(cidr) && within.isEmpty()) {
            taken.remove(part);
        }
    }

    /// Allocates a free CIDR; empty when the range is full.
    Optional<String> next() {
        for (long i = 0; i < parts; i++) {
            long candidate = (next + i) % parts;
            Optional<Span> within = larger.stream().filter(s -> s.holds(candidate)).findFirst();
            if (within.isPresent()) {
                i += Math.min(within.get().last(), parts - 1) - candidate;
            } else if (!taken.containsKey(candidate)) {
                next = candidate + 1;
                String free = text(candidate);
                take(free);
                return Optional.of(free);
            }
        }
        return Optional.empty();
    }

    /// The parts that a CIDR lies in.
    private Optional<Span> span(String cidr) {
        int slash = cidr.indexOf('/');
        InetAddress address = InetAddress.ofLiteral(cidr.substring(0, slash));
        if (address.getAddress().length * Byte.SIZE != width) {
            return Optional.empty();
        }
        BigInteger first = cluster.offset(address).shiftRight(width - bits);
        if (first.signum() < 0 || first.compareTo(BigInteger.valueOf(parts)) >= 0) {
            return Optional.empty();
        }
        int wider = Math.max(0, bits - Math.max(cluster.bits(), Integer.parseInt(cidr.substring(slash + 1))));
        return Optional.of(new Span(first.longValue(), first.longValue() + (1L << Math.min(30, wider)) - 1));
    }

    private String text(long index) {
        return cluster.address(BigInteger.valueOf(index).shiftLeft(width - bits)) + "/" + bits;
    }
}

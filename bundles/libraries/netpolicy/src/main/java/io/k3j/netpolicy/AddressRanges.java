package io.k3j.netpolicy;

import io.k3j.componenthelpers.Cidr;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Addresses of both families as ranges that neither overlap nor touch, in order, so that equal sets of addresses are
/// equal values.
///
/// @param ranges IPv4 first
public record AddressRanges(List<Range> ranges) {
    /// No address.
    public static final AddressRanges NONE = new AddressRanges(List.of());
    private static final int IPV6_BYTES = 16;
    private static final int IPV6_GROUPS = 8;
    private static final int IPV4_GROUPS = 4;
    private static final int HEXADECIMAL = 16;
    private static final int DECIMAL = 10;
    private static final Comparator<Range> ORDER = Comparator.comparing(Range::ipv6).thenComparing(Range::first)
            .thenComparing(Range::last);

    /// Addresses of one family.
    ///
    /// @param first the lowest
    /// @param last the highest, included
    public record Range(boolean ipv6, BigInteger first, BigInteger last) {
        /// As `10.0.0.0-10.0.0.255`, or the address alone where it is one.
        @Override
        public String toString() {
            String from = AddressRanges.text(first, ipv6);
            return first.equals(last) ? from : from + "-" + AddressRanges.text(last, ipv6);
        }
    }

    /// An `ipBlock`. One that cannot be read, or has an exception that cannot, is empty: it allows nothing.
    ///
    /// @param cidr as `10.0.0.0/8`
    /// @param except networks that are left out
    public static AddressRanges block(String cidr, Collection<String> except) {
        try {
            List<Range> left = List.of(range(Cidr.parse(cidr)));
            for (String hole : except) {
                left = without(left, range(Cidr.parse(hole)));
            }
            return merged(left);
        } catch (IllegalArgumentException unreadable) {
            return NONE;
        }
    }

    /// All addresses of all of them.
    public static AddressRanges union(Collection<AddressRanges> parts) {
        return merged(parts.stream().flatMap(p -> p.ranges.stream()).toList());
    }

    private static Range range(Cidr cidr) {
        BigInteger first = new BigInteger(1, cidr.network().base().getAddress());
        BigInteger size = BigInteger.ONE.shiftLeft(cidr.addressBits() - cidr.bits());
        return new Range(cidr.ipv6(), first, first.add(size).subtract(BigInteger.ONE));
    }

    private static List<Range> without(List<Range> all, Range hole) {
        List<Range> left = new ArrayList<>();
        for (Range r : all) {
            if (r.ipv6() != hole.ipv6() || r.last().compareTo(hole.first()) < 0
                    || r.first().compareTo(hole.last()) > 0) {
                left.add(r);
                continue;
            }
            if (r.first().compareTo(hole.first()) < 0) {
                left.add(new Range(r.ipv6(), r.first(), hole.first().subtract(BigInteger.ONE)));
            }
            if (r.last().compareTo(hole.last()) > 0) {
                left.add(new Range(r.ipv6(), hole.last().add(BigInteger.ONE), r.last()));
            }
        }
        return left;
    }

    private static AddressRanges merged(List<Range> all) {
        List<Range> one = new ArrayList<>();
        for (Range next : all.stream().sorted(ORDER).toList()) {
            Range before = one.isEmpty() ? null : one.getLast();
            if (before != null && before.ipv6() == next.ipv6()
                    && next.first().compareTo(before.last().add(BigInteger.ONE)) <= 0) {
                one.set(one.size() - 1, new Range(before.ipv6(), before.first(), before.last().max(next.last())));
            } else {
                one.add(next);
            }
        }
        return one.isEmpty() ? NONE : new AddressRanges(List.copyOf(one));
    }

    /// The ranges of one family.
    public List<Range> of(boolean ipv6) {
        return ranges.stream().filter(r -> r.ipv6() == ipv6).toList();
    }

    /// Whether an address is among them.
    public boolean contains(InetAddress address) {
        boolean ipv6 = address.getAddress().length == IPV6_BYTES;
        BigInteger number = new BigInteger(1, address.getAddress());
        return ranges.stream().anyMatch(r -> r.ipv6() == ipv6 && r.first().compareTo(number) <= 0
                && r.last().compareTo(number) >= 0);
    }

    /// By hand: of `::ffff:0:0/96` an [InetAddress] is one of IPv4.
    private static String text(BigInteger number, boolean ipv6) {
        int groups = ipv6 ? IPV6_GROUPS : IPV4_GROUPS;
        int bits = ipv6 ? Short.SIZE : Byte.SIZE;
        return IntStream.rangeClosed(1, groups)
                .map(i -> number.shiftRight((groups - i) * bits).intValue() & (1 << bits) - 1)
                .mapToObj(group -> Integer.toString(group, ipv6 ? HEXADECIMAL : DECIMAL))
                .collect(Collectors.joining(ipv6 ? ":" : "."));
    }
}

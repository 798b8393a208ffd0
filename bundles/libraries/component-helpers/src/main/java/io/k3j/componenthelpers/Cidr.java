package io.k3j.componenthelpers;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/// A network in prefix notation, as `10.42.0.0/16` or `fd42::/56`. The address before the slash is kept as it was
/// written: [#network] takes off what lies beyond the prefix. See
/// <https://datatracker.ietf.org/doc/html/rfc4632#section-3.1>.
///
/// @param base the address before the slash
/// @param bits the length of the prefix
public record Cidr(InetAddress base, int bits) {
    /// Reads the form objects and flags have. Never asks a name server.
    /// @throws IllegalArgumentException when it is none, saying why
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("no prefix length in " + text);
        }
        InetAddress base = InetAddress.ofLiteral(text.substring(0, slash));
        String length = text.substring(slash + 1);
        boolean digits = !length.isEmpty() && length.length() <= 3
                && length.chars().allMatch(c -> c >= '0' && c <= '9');
        int bits = digits ? Integer.parseInt(length) : -1;
        if (bits < 0 || bits > base.getAddress().length * Byte.SIZE) {
            throw new IllegalArgumentException("no such prefix length: " + text);
        }
        return new Cidr(base, bits);
    }

    /// The networks among texts that others have stored, in their order. What cannot be read is left out: releases
    /// before, and upstream's, took more spellings, as leading zeros, than [#parse] does.
    public static List<Cidr> readable(Collection<String> texts) {
        return texts.stream().flatMap(Cidr::orNone).toList();
    }

    private static Stream<Cidr> orNone(String text) {
        try {
            return Stream.of(parse(text));
        } catch (IllegalArgumentException e) {
            return Stream.empty();
        }
    }

    /// Whether it is an IPv6 network.
    public boolean ipv6() {
        return base.getAddress().length == 16;
    }

    /// How many bits an address has: 32 or 128.
    public int addressBits() {
        return base.getAddress().length * Byte.SIZE;
    }

    /// The same network with its first address as base.
    public Cidr network() {
        int host = addressBits() - bits;
        return new Cidr(address(number(base).shiftRight(host).shiftLeft(host), addressBits()), bits);
    }

    /// Whether an address lies in it; one of the other family does not.
    public boolean contains(InetAddress address) {
        return contains(new Cidr(address, address.getAddress().length * Byte.SIZE));
    }

    /// Whether all of another network lies in it.
    public boolean contains(Cidr other) {
        return addressBits() == other.addressBits() && other.bits >= bits
                && number(base).xor(number(other.base)).shiftRight(addressBits() - bits).signum() == 0;
    }

    /// Whether an address is one that a host in it may have: not the network's own, its first, and of IPv4 not the
    /// broadcast address, its last. Upstream's `PrefixContainsIP`, by which ServiceCIDRs have their addresses.
    public boolean containsHost(InetAddress address) {
        if (!contains(address)) {
            return false;
        }
        BigInteger index = network().offset(address);
        BigInteger last = BigInteger.ONE.shiftLeft(addressBits() - bits).subtract(BigInteger.ONE);
        return index.signum() > 0 && (ipv6() || !index.equals(last));
    }

    /// How far an address is from the base, negative when it comes before it.
    /// @throws IllegalArgumentException for an address of the other family
    public BigInteger offset(InetAddress address) {
        if (address.getAddress().length != base.getAddress().length) {
            throw new IllegalArgumentException(address.getHostAddress() + " is of another family than " + this);
        }
        return number(address).subtract(number(base));
    }

    /// The n-th address after the base, as [#text]; whether the network has so many is not checked.
    public String address(long n) {
        return address(BigInteger.valueOf(n));
    }

    /// The n-th address after the base, as [#address(long)].
    public String address(BigInteger n) {
        return text(address(number(base).add(n), addressBits()));
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    private static InetAddress address(BigInteger number, int bits) {
        byte[] raw = number.toByteArray();
        byte[] bytes = new byte[bits / Byte.SIZE];
        int length = Math.min(raw.length, bytes.length);
        System.arraycopy(raw, raw.length - length, bytes, bytes.length - length, length);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// An address as objects have it, and as Go writes it: of IPv6 the shortest form
    /// (<https://datatracker.ietf.org/doc/html/rfc5952#section-4>), without a zone.
    public static String text(InetAddress address) {
        String told = address.getHostAddress();
        String full = told.indexOf('%') < 0 ? told : told.substring(0, told.indexOf('%'));
        return full.contains(":") ? compressed(full.split(":")) : full;
    }

    /// The first of the longest runs of two zeros or more is left out.
    private static String compressed(String[] groups) {
        int best = -1;
        int length = 1;
        for (int i = 0; i < groups.length; i++) {
            int n = 0;
            while (i + n < groups.length && groups[i + n].equals("0")) {
                n++;
            }
            if (n > length) {
                best = i;
                length = n;
            }
        }
        List<String> all = List.of(groups);
        return best < 0 ? String.join(":", all)
                : String.join(":", all.subList(0, best)) + "::"
                        + String.join(":", all.subList(best + length, all.size()));
    }

    /// As `10.42.0.0/16` or `fd42::/56`, the address as [#text].
    @Override
    public String toString() {
        return text(base) + "/" + bits;
    }
}

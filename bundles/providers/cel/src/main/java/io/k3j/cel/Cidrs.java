package io.k3j.cel;

import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;
import static io.k3j.celvalues.Opaques.CIDR;
import static io.k3j.celvalues.Opaques.IP;

import dev.cel.common.types.OpaqueType;
import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.IpAddress;
import io.k3j.celvalues.Opaque;

/// Upstream's library of networks.
final class Cidrs {
    private Cidrs() {
    }

    /// A network; bits of the host may be set.
    record Network(IpAddress address, int prefix) implements Opaque {
        @Override
        public OpaqueType type() {
            return CIDR;
        }

        @Override
        public long size() {
            return (prefix + 7) / 8;
        }

        boolean contains(IpAddress ip) {
            return ip.bits() == address.bits() && ip.masked(prefix).equals(address.masked(prefix));
        }

        @Override
        public String toString() {
            return address + "/" + prefix;
        }
    }

    static void enter(Functions f) {
        f.global("cidr", "string_to_cidr", CIDR, (_, a) -> parse((String) a[0]), STRING);
        f.global("isCIDR", "is_cidr", BOOL, (_, a) -> {
            try {
                parse((String) a[0]);
                return true;
            } catch (EvalFailure e) {
                return false;
            }
        }, STRING);
        f.global("string", "cidr_to_string", STRING, (_, a) -> a[0].toString(), CIDR);
        f.member("containsIP", "cidr_contains_ip_string", BOOL,
                (_, a) -> of(a[0]).contains(Ips.parse((String) a[1])), CIDR, STRING);
        f.member("containsIP", "cidr_contains_ip_ip", BOOL, (_, a) -> of(a[0]).contains(Ips.of(a[1])), CIDR, IP);
        f.member("containsCIDR", "cidr_contains_cidr_string", BOOL,
                (_, a) -> contains(of(a[0]), parse((String) a[1])), CIDR, STRING);
        f.member("containsCIDR", "cidr_contains_cidr", BOOL, (_, a) -> contains(of(a[0]), of(a[1])), CIDR, CIDR);
        f.member("ip", "cidr_ip", IP, (_, a) -> of(a[0]).address(), CIDR);
        f.member("prefixLength", "cidr_prefix_length", INT, (_, a) -> (long) of(a[0]).prefix(), CIDR);
        f.member("masked", "cidr_masked", CIDR,
                (_, a) -> new Network(of(a[0]).address().masked(of(a[0]).prefix()), of(a[0]).prefix()), CIDR);
    }

    private static boolean contains(Network outer, Network inner) {
        return outer.prefix() <= inner.prefix() && outer.contains(inner.address());
    }

    private static Network of(Object value) {
        if (value instanceof Network n) {
            return n;
        }
        throw EvalFailure.noSuchOverload();
    }

    private static Network parse(String text) {
        int slash = text.lastIndexOf('/');
        IpAddress ip = slash < 0 ? null : IpAddress.parse(text.substring(0, slash));
        String bits = text.substring(slash + 1);
        boolean number = !bits.isEmpty() && bits.length() <= 3 && bits.chars().allMatch(c -> c >= '0' && c <= '9')
                && (bits.length() == 1 || bits.charAt(0) != '0');
        if (ip != null && ip.mapped()) {
            throw wrong("IPv4-mapped IPv6 address \"" + text + "\" is not allowed");
        }
        if (ip == null || !number || Integer.parseInt(bits) > ip.bits()) {
            throw wrong("network address parse error during conversion from string: netip.ParsePrefix(\"" + text
                    + "\"): "
                    + (slash < 0 ? "no '/'" : ip == null ? "unable to parse IP" : "prefix length out of range"));
        }
        return new Network(ip, Integer.parseInt(bits));
    }

    private static EvalFailure wrong(String why) {
        return new EvalFailure("network address parse error during conversion from string: " + why);
    }
}

package io.k3j.cel;

import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;
import static io.k3j.celvalues.Opaques.IP;

import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.IpAddress;
import java.util.function.Predicate;

/// Upstream's library of addresses.
final class Ips {
    private Ips() {
    }

    static void enter(Functions f) {
        f.global("ip", "string_to_ip", IP, (_, a) -> parse((String) a[0]), STRING);
        f.global("isIP", "is_ip", BOOL, (_, a) -> {
            IpAddress ip = IpAddress.parse((String) a[0]);
            return ip != null && !ip.mapped();
        }, STRING);
        f.global("ip.isCanonical", "ip_is_canonical", BOOL, (_, a) -> parse((String) a[0]).toString().equals(a[0]),
                STRING);
        f.global("string", "ip_to_string", STRING, (_, a) -> a[0].toString(), IP);
        f.member("family", "ip_family", INT, (_, a) -> of(a[0]).isFour() ? 4L : 6L, IP);
        test(f, "isUnspecified", "ip_is_unspecified", IpAddress::zero);
        test(f, "isLoopback", "ip_is_loopback", IpAddress::loopback);
        test(f, "isLinkLocalMulticast", "ip_is_link_local_multicast", IpAddress::linkLocalMulticast);
        test(f, "isLinkLocalUnicast", "ip_is_link_local_unicast", IpAddress::linkLocal);
        test(f, "isGlobalUnicast", "ip_is_global_unicast", IpAddress::globalUnicast);
    }

    private static void test(Functions f, String name, String id, Predicate<IpAddress> test) {
        f.member(name, id, BOOL, (_, a) -> test.test(of(a[0])), IP);
    }

    static IpAddress of(Object value) {
        if (value instanceof IpAddress ip) {
            return ip;
        }
        throw EvalFailure.noSuchOverload();
    }

    static IpAddress parse(String text) {
        IpAddress ip = IpAddress.parse(text);
        if (ip == null) {
            int percent = text.indexOf('%');
            if (percent > 0 && IpAddress.parse(text.substring(0, percent)) != null) {
                throw new EvalFailure("IP address \"" + text + "\" with zone value is not allowed");
            }
            throw new EvalFailure("IP Address \"" + text + "\" parse error during conversion from string: ParseAddr(\""
                    + text + "\"): unable to parse IP");
        }
        if (ip.mapped()) {
            throw new EvalFailure("IPv4-mapped IPv6 address \"" + text + "\" is not allowed");
        }
        return ip;
    }
}

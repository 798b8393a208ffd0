package io.k3j.validation;

import io.k3j.model.Struct;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/// IP addresses and prefixes as texts, in the one spelling each that upstream takes for new objects: no leading zeros,
/// no zone, no name. Pure; never resolves a name, so nothing blocks.
public final class Addresses {
    /// Why something that is no address is refused, in upstream's words.
    public static final String MUST_BE_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
    /// Why something that is no prefix is refused, in upstream's words.
    public static final String MUST_BE_PREFIX = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
    private static final int GROUPS = 8;

    private Addresses() {
    }

    /// Whether a text is an IPv4 or IPv6 address.
    ///
    /// @param text anything; empty is no address
    public static boolean isIp(String text) {
        return isIpv4(text) || isIpv6(text);
    }

    /// Why no endpoint may have an address; empty when it may. Upstream's words of `ValidateEndpointIP`. Traffic to
    /// such an address would stay on the node that sends it, where a user has no business. Only the API server's own
    /// endpoints, which `metadata` names, are where it was told to be, be it loopback for a cluster on one machine.
    ///
    /// @param metadata of the Endpoints or EndpointSlice
    /// @param ip which [#isIp]
    /// @throws IllegalArgumentException when it is no address
    public static String special(Struct metadata, String ip) {
        if (metadata.text("name").equals("kubernetes") && metadata.text("namespace").equals("default")) {
            return "";
        }
        InetAddress a = InetAddress.ofLiteral(ip);
        if (a.isAnyLocalAddress()) {
            return "may not be unspecified (" + ip + ")";
        }
        if (a.isLoopbackAddress()) {
            return "may not be in the loopback range (127.0.0.0/8, ::1/128)";
        }
        if (a.isLinkLocalAddress()) {
            return "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
        }
        boolean local = a instanceof Inet6Address ? a.isMCLinkLocal() : ip.startsWith("224.0.0.");
        return local ? "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)" : "";
    }

    /// Whether a text is a dotted quad without leading zeros, which some readers take for octal: two readers of one
    /// text must not dial two addresses.
    public static boolean isIpv4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            if (number(part, 3) > 255 || part.length() > 1 && part.charAt(0) == '0') {
                return false;
            }
        }
        return true;
    }

    /// Whether a text is an IPv6 address without zone. The last 32 bits may be a dotted quad (RFC 4291 §2.2). An IPv4
    /// address in the clothes of IPv6 (`::ffff:10.0.0.1`) is none: the kernel and most readers take it for the IPv4
    /// address, which would then have two texts.
    public static boolean isIpv6(String text) {
        return wellFormed(text) && !(InetAddress.ofLiteral(text) instanceof Inet4Address);
    }

    /// Whether a text is an IPv4 address in the clothes of IPv6, which [#isIpv6] refuses.
    public static boolean isMapped(String text) {
        return wellFormed(text) && InetAddress.ofLiteral(text) instanceof Inet4Address;
    }

    /// What is wrong with an address of a field that is older than strict addresses, which takes IPv6 in any spelling:
    /// upstream's `IsValidIPForLegacyField`; empty when nothing is.
    public static String legacy(String text) {
        if (isIp(text)) {
            return "";
        }
        if (isMapped(text)) {
            return "must not be an IPv4-mapped IPv6 address";
        }
        return isSloppy(text) ? "must not have leading 0s" : MUST_BE_IP;
    }

    /// Whether a text is an address to those who are not strict: with zeros before the numbers of IPv4, or IPv4 in the
    /// clothes of IPv6.
    public static boolean isSloppy(String text) {
        String plain = withoutZeros(text);
        return isIp(plain) || isMapped(plain);
    }

    /// The text without zeros before the numbers that stand between dots, or alone. Groups of IPv6 may have them.
    public static String withoutZeros(String text) {
        int quad = text.lastIndexOf(':') + 1;
        if (quad > 0 && text.indexOf('.') < 0) {
            return text;
        }
        StringBuilder b = new StringBuilder(text.substring(0, quad));
        boolean first = true;
        for (String part : text.substring(quad).split("\\.", -1)) {
            b.append(first ? "" : ".").append(withoutZero(part));
            first = false;
        }
        return b.toString();
    }

    private static String withoutZero(String number) {
        int from = 0;
        while (from < number.length() - 1 && number.charAt(from) == '0' && number.charAt(from + 1) >= '0'
                && number.charAt(from + 1) <= '9') {
            from++;
        }
        return number.substring(from);
    }

    private static boolean wellFormed(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text, true) == GROUPS;
        }
        String head = text.substring(0, gap);
        String tail = text.substring(gap + 2);
        int left = head.isEmpty() ? 0 : groups(head, false);
        int right = tail.isEmpty() ? 0 : groups(tail, true);
        // A gap stands for one group at least.
        return left >= 0 && right >= 0 && left + right < GROUPS;
    }

    /// Whether a text is an address and a prefix length in bits (CIDR). Bits behind the prefix may be set.
    public static boolean isPrefix(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return false;
        }
        String address = text.substring(0, slash);
        int bits = number(text.substring(slash + 1), 3);
        return isIpv4(address) && bits <= 32 || isIpv6(address) && bits <= 128;
    }

    /// The number of 16-bit groups, -1 when the text is something else.
    /// @param last whether these are the last of the address, which may end in a dotted quad
    private static int groups(String text, boolean last) {
        String[] parts = text.split(":", -1);
        int count = parts.length;
        for (int i = 0; i < parts.length; i++) {
            if (last && i == parts.length - 1 && isIpv4(parts[i])) {
                count++;
            } else if (parts[i].isEmpty() || parts[i].length() > 4 || !hex(parts[i])) {
                return -1;
            }
        }
        return count;
    }

    private static boolean hex(String text) {
        return text.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0);
    }

    /// Larger than anything allowed for what is no number, so that callers compare only once.
    private static int number(String text, int longest) {
        boolean plain = !text.isEmpty() && text.length() <= longest && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return plain ? Integer.parseInt(text) : Integer.MAX_VALUE;
    }
}

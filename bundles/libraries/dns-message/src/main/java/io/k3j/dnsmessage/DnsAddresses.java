package io.k3j.dnsmessage;

import io.k3j.componenthelpers.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Addresses between their bytes, their text and their names of reverse lookup (RFC 1035 §3.5, RFC 3596 §2.5). The
/// text is the one that objects of the API have, so that both can be compared as strings. Pure.
public final class DnsAddresses {
    private static final String FOUR = ".in-addr.arpa";
    private static final String SIX = ".ip6.arpa";

    private DnsAddresses() {
    }

    /// The address of a reverse lookup name, in the form objects have it.
    ///
    /// `7.2.0.192.in-addr.arpa` is `192.0.2.7`; `….ip6.arpa` has 32 hexadecimal digits, the last one first. Names of
    /// networks, which have fewer labels, are none of an address.
    /// @param name in lower case, without the dot at the end
    /// @return empty when the name is not that of one whole address
    public static Optional<String> address(String name) {
        if (name.endsWith(FOUR)) {
            List<String> parts = Arrays.asList(name.substring(0, name.length() - FOUR.length()).split("\\."));
            return parts.size() == 4 && parts.stream().allMatch(DnsAddresses::octet)
                    ? Optional.of(String.join(".", parts.reversed())) : Optional.empty();
        }
        if (!name.endsWith(SIX)) {
            return Optional.empty();
        }
        String[] digits = name.substring(0, name.length() - SIX.length()).split("\\.");
        byte[] bytes = new byte[16];
        if (digits.length != 32) {
            return Optional.empty();
        }
        for (int i = 0; i < 32; i++) {
            int digit = digits[31 - i].length() == 1 ? Character.digit(digits[31 - i].charAt(0), 16) : -1;
            if (digit < 0) {
                return Optional.empty();
            }
            bytes[i / 2] |= (byte) (i % 2 == 0 ? digit << 4 : digit);
        }
        return Optional.of(text(bytes));
    }

    private static boolean octet(String part) {
        return !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /// An address as bytes; empty for anything else. Most are IPv4, for which no library is asked.
    /// @param address as `10.0.0.1` or `fd00::1`; a host name is none, and no resolver is ever asked
    /// @return 4 or 16 bytes
    public static Optional<byte[]> literal(String address) {
        if (address.indexOf(':') >= 0) {
            try {
                return Optional.of(InetAddress.ofLiteral(address).getAddress());
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        byte[] bytes = new byte[4];
        int at = 0;
        int digits = 0;
        int number = 0;
        for (int i = 0; i <= address.length(); i++) {
            char c = i < address.length() ? address.charAt(i) : '.';
            if (c == '.') {
                if (digits == 0 || number > 255 || at == 4) {
                    return Optional.empty();
                }
                bytes[at++] = (byte) number;
                digits = 0;
                number = 0;
            } else if (c < '0' || c > '9' || ++digits > 3) {
                return Optional.empty();
            } else {
                number = 10 * number + c - '0';
            }
        }
        return at == 4 ? Optional.of(bytes) : Optional.empty();
    }

    /// An address in the form objects have it.
    /// @param address 4 bytes or 16
    /// @return IPv4 with dots, IPv6 as RFC 5952 has it: lower case, the longest run of zeros as `::`
    /// @throws IllegalArgumentException for neither 4 nor 16 bytes
    public static String text(byte[] address) {
        try {
            return Cidr.text(InetAddress.getByAddress(address));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}

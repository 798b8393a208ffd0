package io.k3j.clusterdns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The names of reverse lookup.
final class Reverse {
    private static final String FOUR = ".in-addr.arpa";
    private static final String SIX = ".ip6.arpa";

    private Reverse() {
    }

    /// The address a name of reverse lookup stands for, in the form objects have it.
    static Optional<String> address(String name) {
        if (name.endsWith(FOUR)) {
            List<String> parts = Arrays.asList(name.substring(0, name.length() - FOUR.length()).split("\\."));
            return parts.size() == 4 ? Optional.of(String.join(".", parts.reversed())) : Optional.empty();
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
        try {
            return Optional.of(compressed(InetAddress.getByAddress(bytes).getHostAddress()));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /// The canonical short form (RFC 5952) of Java's long one.
    private static String compressed(String full) {
        String[] groups = full.split(":");
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
        if (best < 0) {
            return full;
        }
        List<String> all = Arrays.asList(groups);
        return String.join(":", all.subList(0, best)) + "::"
                + String.join(":", all.subList(best + length, groups.length));
    }
}

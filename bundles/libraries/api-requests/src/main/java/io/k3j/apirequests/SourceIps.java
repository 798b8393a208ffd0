package io.k3j.apirequests;

import io.k3j.edgeapi.Exchange;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where a request says it comes from, and at last where it comes from: upstream's `utilnet.SourceIPs`. Addresses are
/// written as Go writes them, since rules of those who read the log compare texts. Pure; resolves no name.
final class SourceIps {
    /// The most addresses that are recorded: who sends a request could name any number.
    static final int MOST = 100;
    private static final int IPV4_DOTS = 3;
    private static final int GROUPS = 8;

    private SourceIps() {
    }

    /// First the one furthest away.
    static List<String> of(Exchange exchange) {
        List<String> all = new ArrayList<>(1);
        exchange.header("x-forwarded-for").ifPresent(chain -> {
            String[] named = chain.split(",", MOST + 1);
            for (int i = 0; i < Math.min(named.length, MOST); i++) {
                address(named[i]).ifPresent(all::add);
            }
        });
        exchange.header("x-real-ip").flatMap(SourceIps::address).filter(ip -> !all.contains(ip))
                .ifPresent(all::add);
        InetAddress remote = exchange.remote().getAddress();
        if (remote != null) {
            String last = text(remote);
            if (all.isEmpty() || !all.getLast().equals(last)) {
                all.add(last);
            }
        }
        return all;
    }

    private static Optional<String> address(String text) {
        String ip = text.strip();
        boolean form = ip.indexOf(':') >= 0 || ip.chars().filter(c -> c == '.').count() == IPV4_DOTS;
        try {
            return form ? Optional.of(text(InetAddress.ofLiteral(ip))) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// An address as RFC 5952 has it, without zone: the longest run of zeros, the first of equals, becomes `::`.
    static String text(InetAddress address) {
        byte[] raw = address.getAddress();
        if (raw.length < 2 * GROUPS) {
            return address.getHostAddress();
        }
        ByteBuffer bytes = ByteBuffer.wrap(raw);
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = Short.toUnsignedInt(bytes.getShort());
        }
        int gap = -1;
        int longest = 1;
        for (int i = 0; i < GROUPS; i++) {
            int zeros = zeros(groups, i);
            if (zeros > longest) {
                gap = i;
                longest = zeros;
            }
        }
        return gap < 0 ? joined(groups, 0, GROUPS)
                : joined(groups, 0, gap) + "::" + joined(groups, gap + longest, GROUPS);
    }

    /// How many groups of zero begin at a place.
    private static int zeros(int[] groups, int from) {
        int to = from;
        while (to < GROUPS && groups[to] == 0) {
            to++;
        }
        return to - from;
    }

    private static String joined(int[] groups, int from, int to) {
        StringBuilder b = new StringBuilder();
        for (int i = from; i < to; i++) {
            b.append(i > from ? ":" : "").append(Integer.toHexString(groups[i]));
        }
        return b.toString();
    }
}

package io.k3j.kubeletconfig;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Seq;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// How addresses and networks are written in a configuration of kube-proxy, by upstream's rules
/// (<https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/>). Pure.
final class NetworkText {
    private static final int MOST_PORT = 65_535;
    private static final int MOST_DIGITS = 5;

    private NetworkText() {
    }

    /// Whether a text is an address, with a port or without; one of IPv6 with a port stands in brackets.
    static boolean endpoint(String text) {
        int colon = text.startsWith("[") ? text.indexOf("]:") + 1
                : text.indexOf(':') == text.lastIndexOf(':') ? text.indexOf(':') : -1;
        String host = colon > 0 ? text.substring(0, colon) : text;
        boolean quoted = host.startsWith("[") && host.endsWith("]");
        return address(quoted ? host.substring(1, host.length() - 1) : host)
                && (colon <= 0 || port(text.substring(colon + 1)));
    }

    /// Whether a text is one network, or one of each family with a comma between.
    static boolean families(String text) {
        Set<Boolean> six = new HashSet<>();
        for (String part : List.of(text.split(",", -1))) {
            if (!network(part) || !six.add(part.contains(":"))) {
                return false;
            }
        }
        return true;
    }

    /// Whether a list has networks only, or only the word `primary`.
    static boolean nodePorts(Seq list) {
        List<String> texts = list.texts();
        return texts.equals(List.of("primary"))
                || texts.size() == list.size() && texts.stream().allMatch(NetworkText::network);
    }

    /// One with a scope is of this machine only.
    private static boolean address(String text) {
        try {
            return text.indexOf('%') < 0 && InetAddress.ofLiteral(text).getAddress().length > 0;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    private static boolean port(String text) {
        if (text.isEmpty() || text.length() > MOST_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        int port = Integer.parseInt(text);
        return port > 0 && port <= MOST_PORT;
    }

    private static boolean network(String text) {
        try {
            return text.indexOf('%') < 0 && Cidr.parse(text).bits() >= 0;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }
}

package io.k3j.supervisor;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Names and addresses a server certificate is good for.
record AlternativeNames(List<String> dnsNames, List<InetAddress> addresses) {
    private static final int V4_BYTES = 4;

    /// Sorts texts into names and addresses; empty ones are left out, each is kept once.
    static AlternativeNames of(Collection<String> texts) {
        Set<String> dnsNames = new LinkedHashSet<>();
        Set<InetAddress> addresses = new LinkedHashSet<>();
        for (String text : texts) {
            InetAddress address = address(text);
            if (address != null) {
                addresses.add(address);
            } else if (!text.isBlank() && text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                dnsNames.add(text);
            }
        }
        return new AlternativeNames(List.copyOf(dnsNames), List.copyOf(addresses));
    }

    /// What the server is known by from the start: the Service `kubernetes`, this machine, `--tls-san`.
    static AlternativeNames ofServer(Settings settings) {
        List<String> texts = new ArrayList<>(List.of("kubernetes", "kubernetes.default", "kubernetes.default.svc",
                "kubernetes.default.svc." + settings.clusterDomain(), "localhost", "127.0.0.1", "::1",
                settings.nodeName(), settings.advertiseAddress()));
        for (String cidr : settings.serviceCidr()) {
            texts.add(firstOf(cidr));
        }
        texts.addAll(Arrays.asList(settings.nodeIp()));
        texts.addAll(Arrays.asList(settings.nodeExternalIp()));
        texts.addAll(Arrays.asList(settings.tlsSan()));
        return of(texts);
    }

    /// What a kubelet is known by.
    static AlternativeNames ofNode(String node, Collection<String> addresses) {
        List<String> texts = new ArrayList<>(List.of(node, "localhost", "127.0.0.1", "::1"));
        texts.addAll(addresses);
        return of(texts);
    }

    /// The first usable address of a range, which is that of the Service `kubernetes`.
    static String firstOf(String cidr) {
        int slash = cidr.indexOf('/');
        InetAddress network = slash < 0 ? null : address(cidr.substring(0, slash));
        if (network == null) {
            return "";
        }
        byte[] bytes = new BigInteger(1, network.getAddress()).add(BigInteger.ONE).toByteArray();
        byte[] fixed = new byte[network.getAddress().length];
        int length = Math.min(bytes.length, fixed.length);
        System.arraycopy(bytes, bytes.length - length, fixed, fixed.length - length, length);
        try {
            return InetAddress.getByAddress(fixed).getHostAddress();
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The address a text spells, null when it spells none; never asks a name server.
    static @Nullable InetAddress address(String text) {
        boolean literal = text.indexOf(':') >= 0 || looksV4(text);
        try {
            return literal ? InetAddress.ofLiteral(text) : null;
        } catch (IllegalArgumentException name) {
            return null;
        }
    }

    private static boolean looksV4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != V4_BYTES) {
            return false;
        }
        return Arrays.stream(parts).allMatch(part -> !part.isEmpty() && part.length() < V4_BYTES
                && part.chars().allMatch(c -> c >= '0' && c <= '9'));
    }

    /// All as texts.
    Set<String> texts() {
        Set<String> texts = new LinkedHashSet<>(dnsNames);
        addresses.forEach(address -> texts.add(address.getHostAddress()));
        return texts;
    }
}

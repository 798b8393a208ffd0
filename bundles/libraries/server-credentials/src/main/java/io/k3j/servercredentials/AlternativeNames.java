package io.k3j.servercredentials;

import io.k3j.componenthelpers.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Names and addresses a server certificate is good for. Pure. Subject alternative names by RFC 5280, section 4.2.1.6:
/// a client compares the name it connected to with these alone, not with the common name.
///
/// @param dnsNames each once
/// @param addresses each once
public record AlternativeNames(List<String> dnsNames, List<InetAddress> addresses) {
    private static final int V4_BYTES = 4;

    /// Sorts texts into names and addresses; empty ones are left out, each is kept once. What is neither an address nor
    /// printable ASCII is left out: it could not be written as an IA5String.
    /// @param texts in any order; the first of two equal ones decides the place
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

    /// What the server is known by from the start: the Service `kubernetes`, this machine, `--tls-san`. Pods reach the
    /// API server by the first address of a range of Services, so that of each is among them.
    static AlternativeNames ofServer(SupervisorSettings settings) {
        List<String> texts = new ArrayList<>(List.of("kubernetes", "kubernetes.default", "kubernetes.default.svc",
                "kubernetes.default.svc." + settings.clusterDomain(), "localhost", "127.0.0.1", "::1",
                settings.nodeName(), settings.advertiseAddress()));
        InetAddress bound = address(settings.bindAddress());
        if (bound != null && !bound.isAnyLocalAddress()) {
            texts.add(settings.bindAddress());
        }
        for (String cidr : settings.serviceCidr()) {
            texts.add(firstOf(cidr));
        }
        texts.addAll(Arrays.asList(settings.nodeIp()));
        texts.addAll(Arrays.asList(settings.nodeExternalIp()));
        texts.addAll(Arrays.asList(settings.tlsSan()));
        return of(texts);
    }

    /// What a kubelet is known by: its node's name, this machine, and these addresses; texts that are none count as
    /// names. The node's name is a DNS name also when it spells an address, as in K3s: whoever asks a kubelet compares
    /// that, since addresses are what the agent says.
    /// @param node its name, as the API server dials it
    /// @param addresses as texts; empty ones are left out
    public static AlternativeNames ofNode(String node, Collection<String> addresses) {
        List<String> texts = new ArrayList<>(List.of(node, "localhost", "127.0.0.1", "::1"));
        texts.addAll(addresses);
        AlternativeNames all = of(texts);
        if (address(node) == null) {
            return all;
        }
        List<String> names = new ArrayList<>(List.of(node));
        names.addAll(all.dnsNames);
        return new AlternativeNames(names, all.addresses);
    }

    /// The first usable address of a range, which is that of the Service `kubernetes`.
    /// @param cidr as `10.43.0.0/16`
    /// @return the empty text for what is no range, which [#of] leaves out
    static String firstOf(String cidr) {
        try {
            return Cidr.parse(cidr).address(1);
        } catch (IllegalArgumentException none) {
            return "";
        }
    }

    /// The address a text spells, null when it spells none; never asks a name server. A name is never taken for an
    /// address of an old form (`10.1`, `0x7f.1`): four decimal numbers, or a colon.
    public static @Nullable InetAddress address(String text) {
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

    /// All as texts. Addresses as Java spells them; [LeafCertificate#alternativeNames] spells them the same.
    Set<String> texts() {
        Set<String> texts = new LinkedHashSet<>(dnsNames);
        addresses.forEach(address -> texts.add(address.getHostAddress()));
        return texts;
    }
}

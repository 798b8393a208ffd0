package io.k3j.dnsplugins;

import io.k3j.componenthelpers.Cidr;
import io.k3j.dnsmessage.DomainNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A set of zones, of which the longest that a name is in counts. The root is the empty name. Immutable.
///
/// @param names in lower case, without the dot at the end
public record Zones(List<String> names) {
    private static final int OCTET = 8;
    private static final int NIBBLE = 4;

    /// As they are written: with or without the dot, networks (`10.0.0.0/24`) for the zones of their reverse lookup.
    /// @param written in any case; an IPv4 network of 20 bits makes 16 zones
    /// @return names in lower case, without the dot at their end
    /// @throws IllegalArgumentException for what is no name
    public static Zones of(List<String> written) {
        List<String> all = new ArrayList<>();
        for (String zone : written) {
            if (zone.contains("/")) {
                all.addAll(reverse(Cidr.parse(zone).network()));
            } else {
                String normal = DomainNames.normal(zone);
                DomainNames.wire(normal);
                all.add(normal);
            }
        }
        return new Zones(List.copyOf(all));
    }

    /// Those that are written, or else these.
    /// @param written empty when a plug-in says none
    /// @param otherwise those of its server block
    public static Zones of(List<String> written, Zones otherwise) {
        return written.isEmpty() ? otherwise : of(written);
    }

    /// The zones of a network's reverse lookup: more than one when its prefix ends inside a label.
    private static List<String> reverse(Cidr network) {
        byte[] address = network.base().getAddress();
        boolean six = address.length == 16;
        int step = six ? NIBBLE : OCTET;
        List<String> parts = six ? Arrays.asList(HexFormat.of().formatHex(address).split("")) : List.of(
                Integer.toString(address[0] & 0xFF), Integer.toString(address[1] & 0xFF),
                Integer.toString(address[2] & 0xFF), Integer.toString(address[3] & 0xFF));
        int whole = network.bits() / step;
        int rest = network.bits() % step;
        String below = String.join(".", parts.subList(0, whole).reversed());
        String zone = (below.isEmpty() ? "" : below + ".") + (six ? "ip6.arpa" : "in-addr.arpa");
        if (rest == 0) {
            return List.of(zone);
        }
        int first = Integer.parseInt(parts.get(whole), six ? 16 : 10);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 1 << step - rest; i++) {
            all.add((six ? Integer.toHexString(first + i) : Integer.toString(first + i)) + "." + zone);
        }
        return all;
    }

    /// The longest zone that a name is in.
    /// @param name in lower case, without the dot at the end
    /// @return empty when it is in none; the root holds every name
    public Optional<String> longest(String name) {
        String best = null;
        for (String zone : names) {
            if (DomainNames.within(name, zone) && (best == null || zone.length() > best.length())) {
                best = zone;
            }
        }
        return Optional.ofNullable(best);
    }

    /// Whether a name is in one of them.
    /// @param name in lower case, without the dot at the end
    boolean hold(String name) {
        return names.stream().anyMatch(z -> DomainNames.within(name, z));
    }

    /// As CoreDNS writes them in labels, as `cluster.local.`; the first one.
    public String label() {
        return names.isEmpty() ? "" : names.getFirst() + ".";
    }

    /// Whether a zone is one of reverse lookup.
    /// @param zone in lower case, without the dot at its end
    public static boolean isReverse(String zone) {
        return DomainNames.within(zone, "in-addr.arpa") || DomainNames.within(zone, "ip6.arpa");
    }
}

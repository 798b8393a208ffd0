package io.k3j.httpproxy;

import io.k3j.componenthelpers.Cidr;
import java.net.InetAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The hosts that are gone to straight, as `NO_PROXY` lists them: names (with those below them, or only those when a
/// dot stands before), addresses, networks, each of the first two with a port if wished, or `*`; and always the machine
/// itself. Source: <https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config>. Names are never resolved: a name is
/// compared with names, an address with addresses.
///
/// @param list separated by commas; may be empty
record NoProxy(String list) {
    /// Whether that URL is gone to straight.
    boolean spares(URI target) {
        String host = bare(target.getHost().toLowerCase(Locale.ROOT));
        Optional<InetAddress> address = address(host);
        if (host.equals("localhost") || address.isPresent() && address.get().isLoopbackAddress()) {
            return true;
        }
        int port = target.getPort() >= 0 ? target.getPort() : target.getScheme().equals("https") ? 443 : 80;
        return Arrays.stream(list.toLowerCase(Locale.ROOT).split(",")).map(String::strip).filter(p -> !p.isEmpty())
                .anyMatch(pattern -> matches(pattern, host, address, port));
    }

    /// Whether one entry of the list has the host, on that port where it names one.
    private static boolean matches(String pattern, String host, Optional<InetAddress> address, int port) {
        if (pattern.equals("*")) {
            return true;
        }
        if (pattern.indexOf('/') > 0) {
            return address.isPresent() && inside(pattern, address.get());
        }
        Optional<InetAddress> whole = address(bare(pattern));
        int colon = whole.isPresent() ? -1 : pattern.lastIndexOf(':');
        if (colon >= 0 && !pattern.substring(colon + 1).equals(Integer.toString(port))) {
            return false;
        }
        String name = bare(colon < 0 ? pattern : pattern.substring(0, colon));
        return address.isPresent() ? address.equals(address(name)) : named(name, host);
    }

    /// Names match whole or from a dot on: `example.com` has `a.example.com` and not `myexample.com`.
    private static boolean named(String pattern, String host) {
        String name = pattern.startsWith("*.") ? pattern.substring(1) : pattern;
        return name.startsWith(".") ? host.endsWith(name) : host.equals(name) || host.endsWith("." + name);
    }

    /// Whether an address is in a network; what is no network has none.
    private static boolean inside(String network, InetAddress address) {
        try {
            return Cidr.parse(network).contains(address);
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    /// Empty for a name; nothing is resolved.
    private static Optional<InetAddress> address(String literal) {
        try {
            return Optional.of(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException name) {
            return Optional.empty();
        }
    }

    /// An IPv6 address without its brackets.
    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}

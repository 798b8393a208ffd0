package io.k3j.etcdmember;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The hosts that are gone to straight, as `NO_PROXY` lists them: names (with those below them, or only those when a
/// dot stands before), addresses, networks, each of the first two with a port if wished, or `*`; and always the
/// machine itself. Source: <https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config>.
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

    private static boolean matches(String pattern, String host, Optional<InetAddress> address, int port) {
        if (pattern.equals("*")) {
            return true;
        }
        int slash = pattern.indexOf('/');
        if (slash > 0) {
            return address.isPresent() && inside(pattern.substring(0, slash), pattern.substring(slash + 1),
                    address.get());
        }
        Optional<InetAddress> whole = address(bare(pattern));
        int colon = whole.isPresent() ? -1 : pattern.lastIndexOf(':');
        if (colon >= 0 && !pattern.substring(colon + 1).equals(Integer.toString(port))) {
            return false;
        }
        String name = bare(colon < 0 ? pattern : pattern.substring(0, colon));
        return address.isPresent() ? address.equals(address(name)) : named(name, host);
    }

    private static boolean named(String pattern, String host) {
        String name = pattern.startsWith("*.") ? pattern.substring(1) : pattern;
        return name.startsWith(".") ? host.endsWith(name) : host.equals(name) || host.endsWith("." + name);
    }

    private static boolean inside(String network, String length, InetAddress address) {
        Optional<InetAddress> base = address(network);
        if (base.isEmpty() || base.get().getAddress().length != address.getAddress().length
                || !length.matches("[0-9]{1,3}")) {
            return false;
        }
        int rest = address.getAddress().length * Byte.SIZE - Integer.parseInt(length);
        return rest >= 0 && number(base.get()).shiftRight(rest).equals(number(address).shiftRight(rest));
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    private static Optional<InetAddress> address(String literal) {
        try {
            return Optional.of(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException name) {
            return Optional.empty();
        }
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}

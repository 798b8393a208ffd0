package io.k3j.agent;

import java.net.InetSocketAddress;
import java.net.URI;

/// Parses `host:port`, `[v6]:port` and server URLs.
final class ServerAddresses {
    private static final int HTTPS = 443;

    private ServerAddresses() {
    }

    /// The host and port of `https://host:6443`; port 443 when none is given.
    /// @throws IllegalArgumentException in K3s' words
    static String ofUrl(String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("--server \"" + url + "\" is not a URL: it must be as https://host:6443",
                    malformed);
        }
        if (!"https".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("only https:// URLs are supported, invalid --server \"" + url
                    + "\": it must be as https://host:6443");
        }
        return uri.getHost() + ":" + (uri.getPort() < 0 ? HTTPS : uri.getPort());
    }

    /// The socket address; resolves the host name now. Blocks.
    static InetSocketAddress socket(String address) {
        return new InetSocketAddress(host(address), port(address));
    }

    /// The host, without brackets.
    static String host(String address) {
        String host = address.substring(0, address.lastIndexOf(':'));
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /// The port.
    /// @throws NumberFormatException when there is none
    static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    /// Joins host and port; IPv6 addresses get brackets.
    static String of(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}

package io.k3j.jetcd;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where the members of a cluster are.
///
/// @param all in the order they are tried, each `http://host:port` or `https://host:port`
/// @param tls for those with `https`; empty trusts the machine's authorities
public record EtcdEndpoints(List<URI> all, Optional<EtcdTls.Source> tls) {
    private static final int CLIENT_PORT = 2379;

    /// Copies the list.
    public EtcdEndpoints {
        all = List.copyOf(all);
    }

    /// Reads `http(s)://h1[:port],h2,…`, as `--datastore-endpoint` has it; a scheme that is left out is the one
    /// before it, a port that is left out is 2379.
    ///
    /// @param tls as in [#tls]
    /// @throws IllegalArgumentException saying what is wrong with which part, without anything that may be a
    /// password
    public static EtcdEndpoints parse(String text, Optional<EtcdTls.Source> tls) {
        List<URI> all = new ArrayList<>();
        String scheme = "";
        for (String part : text.split(",")) {
            String one = part.strip();
            int colon = one.indexOf("://");
            scheme = colon < 0 ? scheme : one.substring(0, colon);
            if (!scheme.equals("http") && !scheme.equals("https")) {
                throw new IllegalArgumentException(
                        "etcd endpoint '" + shown(one) + "': write it as http://HOST:PORT or https://HOST:PORT");
            }
            all.add(endpoint(scheme, colon < 0 ? one : one.substring(colon + 3)));
        }
        return new EtcdEndpoints(all, tls);
    }

    private static URI endpoint(String scheme, String rest) {
        try {
            URI uri = new URI(scheme + "://" + (rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest));
            if (uri.getHost() == null || !uri.getPath().isEmpty() || uri.getUserInfo() != null) {
                throw new IllegalArgumentException(
                        "etcd endpoint '" + shown(rest) + "': only a host and a port belong here");
            }
            return uri.getPort() >= 0 ? uri : new URI(scheme, null, uri.getHost(), CLIENT_PORT, "", null, null);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("etcd endpoint '" + shown(rest) + "': " + e.getReason(), e);
        }
    }

    /// The host without the brackets of an IPv6 address.
    static String host(URI endpoint) {
        String host = endpoint.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /// Without what may be a password.
    private static String shown(String text) {
        int at = text.lastIndexOf('@');
        return at < 0 ? text : "…" + text.substring(at);
    }

    /// The hosts and ports, for messages; no secret is in them.
    public String shown() {
        return String.join(",", all.stream().map(URI::getAuthority).toList());
    }
}

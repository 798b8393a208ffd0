package io.k3j.ingress;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What a proxy changes in heads: fields of one connection are not passed on (RFC 9110 §7.6.1), and the endpoint is
/// told who asks. What a client says of itself in those fields is not believed, as with Traefik's defaults.
final class ForwardedHeaders {
    /// How often a request has passed an ingress of this cluster.
    static final String HOPS = "x-k3j-ingress-hops";
    private static final List<String> OWN_CONNECTION = List.of("connection", "keep-alive", "proxy-connection",
            "upgrade",
            "http2-settings", "te", "proxy-authorization", "x-http2-stream-id", "x-http2-scheme", "x-http2-path",
            "x-http2-stream-dependency-id", "x-http2-stream-weight", "x-http2-stream-promise-id");
    private static final Set<String> TOLD = Set.of("x-forwarded-for", "x-forwarded-host", "x-forwarded-port",
            "x-forwarded-proto", "x-forwarded-server", "x-forwarded-prefix", "x-forwarded-uri", "x-forwarded-method",
            "x-real-ip", "forwarded", "x-forwarded-tls-client-cert", "x-forwarded-tls-client-cert-info");

    private static final Set<String> FRAMING = Set.of("transfer-encoding", "content-length", "host");

    private ForwardedHeaders() {
    }

    /// Who asks.
    ///
    /// @param address of the client
    /// @param secure whether over TLS
    /// @param server this server's name
    record Client(String address, boolean secure, int port, String server) {
    }

    /// Changes the head of a request for the endpoint.
    ///
    /// @param upgrade to what the connection is to be changed, empty for nothing
    /// @param trailers whether trailers may follow
    static void request(HttpHeaders headers, Client client, String authority, String upgrade, boolean trailers) {
        int hops = hops(headers);
        removeConnectionFields(headers);
        TOLD.forEach(headers::remove);
        headers.remove(HttpHeaderNames.EXPECT);
        String scheme = upgrade.equalsIgnoreCase("websocket") ? "ws" : "http";
        headers.set("x-forwarded-for", client.address()).set("x-real-ip", client.address())
                .set("x-forwarded-host", authority).set("x-forwarded-port", port(authority, client.port()))
                .set("x-forwarded-proto", client.secure() ? scheme + "s" : scheme)
                .set("x-forwarded-server", client.server()).set(HOPS, hops + 1)
                .set(HttpHeaderNames.HOST, authority);
        if (!upgrade.isEmpty()) {
            headers.set(HttpHeaderNames.CONNECTION, "Upgrade").set(HttpHeaderNames.UPGRADE, upgrade);
        }
        if (trailers) {
            headers.set(HttpHeaderNames.TE, "trailers");
        }
    }

    /// Changes the head of an answer for the client.
    static void response(HttpHeaders headers) {
        removeConnectionFields(headers);
    }

    /// How often a request has passed an ingress; 0 when the field is not a number of ours.
    static int hops(HttpHeaders headers) {
        String said = headers.get(HOPS, "0");
        return said.length() == 1 && Character.isDigit(said.charAt(0)) ? said.charAt(0) - '0' : 0;
    }

    /// To what a client wants to change its connection; empty for nothing. HTTP itself is not offered: an endpoint that
    /// took it would be spoken to past every check.
    static String upgrade(HttpHeaders headers) {
        String wanted = headers.get(HttpHeaderNames.UPGRADE, "");
        boolean asked = headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", true);
        String lower = wanted.toLowerCase(Locale.ROOT);
        return asked && !lower.contains("h2c") && !lower.contains("http/") && !wanted.contains(",") ? wanted : "";
    }

    private static String port(String authority, int otherwise) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') && colon < authority.length() - 1 ? authority.substring(colon + 1)
                : Integer.toString(otherwise);
    }

    private static void removeConnectionFields(HttpHeaders headers) {
        List<String> named = new ArrayList<>(0);
        for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
            for (String name : value.split(",")) {
                named.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        for (String name : named) {
            // framing is the codec's, and who is asked for does not depend on the connection
            if (!name.isEmpty() && !FRAMING.contains(name)) {
                headers.remove(name);
            }
        }
        OWN_CONNECTION.forEach(headers::remove);
    }
}

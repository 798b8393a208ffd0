package io.k3j.ingress;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/// What a proxy changes in heads: fields of one connection are not passed on (RFC 9110 §7.6.1), and the endpoint is
/// told who asks. What a client says of itself in those fields is not believed, as with Traefik's defaults.
///
/// Each request passes here twice: names are [AsciiString], which keep their hashes, and few texts are made anew.
final class ForwardedHeaders {
    /// How often a request has passed an ingress of this cluster.
    static final AsciiString HOPS = AsciiString.cached("x-k3j-ingress-hops");
    private static final AsciiString FOR = AsciiString.cached("x-forwarded-for");
    private static final AsciiString AUTHORITY = AsciiString.cached("x-forwarded-host");
    private static final AsciiString PORT = AsciiString.cached("x-forwarded-port");
    private static final AsciiString SCHEME = AsciiString.cached("x-forwarded-proto");
    private static final AsciiString SERVER = AsciiString.cached("x-forwarded-server");
    private static final AsciiString ADDRESS = AsciiString.cached("x-real-ip");
    private static final AsciiString[] OWN_CONNECTION = names("connection", "keep-alive", "proxy-connection", "upgrade",
            "http2-settings", "te", "proxy-authorization", "x-http2-stream-id", "x-http2-scheme", "x-http2-path",
            "x-http2-stream-dependency-id", "x-http2-stream-weight", "x-http2-stream-promise-id");
    private static final AsciiString[] TOLD = {FOR, AUTHORITY, PORT, SCHEME, SERVER, ADDRESS, HOPS,
            HttpHeaderNames.EXPECT, AsciiString.cached("x-forwarded-prefix"), AsciiString.cached("x-forwarded-uri"),
            AsciiString.cached("x-forwarded-method"), AsciiString.cached("forwarded"),
            AsciiString.cached("x-forwarded-tls-client-cert"),
            AsciiString.cached("x-forwarded-tls-client-cert-info")};
    private static final AsciiString[] FRAMING = {HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderNames.CONTENT_LENGTH,
            HttpHeaderNames.HOST};
    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    /// One hop more than the position says.
    private static final AsciiString[] NEXT_HOPS = names("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");

    private ForwardedHeaders() {
    }

    /// Who asks.
    ///
    /// @param address of the client
    /// @param secure whether over TLS
    /// @param port of the entry point
    /// @param server this server's name
    /// @param hops how often the request has passed an ingress, see [#hops]
    record Client(String address, boolean secure, String port, String server, int hops) {
    }

    private static AsciiString[] names(String... texts) {
        AsciiString[] all = new AsciiString[texts.length];
        for (int i = 0; i < texts.length; i++) {
            all[i] = AsciiString.cached(texts[i]);
        }
        return all;
    }

    /// Changes the head of a request for the endpoint.
    ///
    /// @param upgrade to what the connection is to be changed, empty for nothing
    /// @param trailers whether trailers may follow
    static void request(HttpHeaders headers, Client client, String authority, String upgrade, boolean trailers) {
        removeConnectionFields(headers);
        remove(headers, TOLD);
        headers.add(FOR, client.address()).add(ADDRESS, client.address()).add(AUTHORITY, authority)
                .add(PORT, port(authority, client.port())).add(SCHEME, scheme(upgrade, client.secure()))
                .add(SERVER, client.server()).add(HOPS, NEXT_HOPS[client.hops()]);
        if (!authority.equals(headers.get(HttpHeaderNames.HOST))) {
            headers.set(HttpHeaderNames.HOST, authority);
        }
        if (!upgrade.isEmpty()) {
            headers.add(HttpHeaderNames.CONNECTION, "Upgrade").add(HttpHeaderNames.UPGRADE, upgrade);
        }
        if (trailers) {
            headers.add(HttpHeaderNames.TE, "trailers");
        }
    }

    private static String scheme(String upgrade, boolean secure) {
        if (upgrade.equalsIgnoreCase("websocket")) {
            return secure ? "wss" : "ws";
        }
        return secure ? "https" : "http";
    }

    /// Changes what follows a request's body: some read it as if it stood in the head.
    static void trailers(HttpHeaders headers) {
        remove(headers, OWN_CONNECTION);
        remove(headers, TOLD);
        remove(headers, FRAMING);
    }

    /// Changes the head of an answer for the client.
    static void response(HttpHeaders headers) {
        removeConnectionFields(headers);
    }

    /// How often a request has passed an ingress, one digit; 0 when the field is not a number of ours.
    static int hops(HttpHeaders headers) {
        String said = headers.get(HOPS);
        boolean digit = said != null && said.length() == 1 && said.charAt(0) >= '0' && said.charAt(0) <= '9';
        return digit ? said.charAt(0) - '0' : 0;
    }

    /// To what a client wants to change its connection; empty for nothing. HTTP itself is not offered: an endpoint that
    /// took it would be spoken to past every check.
    static String upgrade(HttpHeaders headers) {
        String wanted = headers.get(HttpHeaderNames.UPGRADE);
        if (wanted == null) {
            return "";
        }
        boolean asked = headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", true);
        String lower = wanted.toLowerCase(Locale.ROOT);
        return asked && !lower.contains("h2c") && !lower.contains("http/") && !wanted.contains(",") ? wanted : "";
    }

    private static String port(String authority, String otherwise) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') && colon < authority.length() - 1 ? authority.substring(colon + 1)
                : otherwise;
    }

    private static void removeConnectionFields(HttpHeaders headers) {
        Iterator<? extends CharSequence> values = headers.valueCharSequenceIterator(HttpHeaderNames.CONNECTION);
        // all of them before the first goes: a field may name this one, and what is walked must not change
        List<CharSequence> named = List.of();
        while (values.hasNext()) {
            CharSequence value = values.next();
            // that field goes in any case
            if (!KEEP_ALIVE.contentEqualsIgnoreCase(value)) {
                named = named.isEmpty() ? new ArrayList<>() : named;
                named(value, named);
            }
        }
        for (CharSequence name : named) {
            headers.remove(name);
        }
        remove(headers, OWN_CONNECTION);
    }

    /// Adds the names in a list of them to `all`.
    private static void named(CharSequence value, List<CharSequence> all) {
        int begin = 0;
        while (begin <= value.length()) {
            int comma = begin;
            while (comma < value.length() && value.charAt(comma) != ',') {
                comma++;
            }
            int from = begin;
            int to = comma;
            while (from < to && Character.isWhitespace(value.charAt(from))) {
                from++;
            }
            while (from < to && Character.isWhitespace(value.charAt(to - 1))) {
                to--;
            }
            CharSequence name = value.subSequence(from, to);
            if (from < to && !framing(name)) {
                all.add(name);
            }
            begin = comma + 1;
        }
    }

    /// Framing is the codec's, and who is asked for does not depend on the connection.
    private static boolean framing(CharSequence name) {
        for (AsciiString some : FRAMING) {
            if (some.contentEqualsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    private static void remove(HttpHeaders headers, AsciiString[] names) {
        for (AsciiString name : names) {
            headers.remove(name);
        }
    }
}

package io.k3j.aggregator;

import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Line and headers of a request as another server gets it: the client's, without credentials, with who it is. Text
/// that would end a line is refused: it would become a request under the front proxy's certificate.
final class ForwardedHead {
    private static final int DELETE = 0x7f;
    private static final int LAST_BYTE = 0xff;
    /// Hop-by-hop headers (RFC 9110 §7.6.1), and those the API server keeps to itself.
    private static final Set<String> DROPPED = Set.of("connection", "keep-alive", "proxy-authenticate",
            "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length",
            "authorization", "expect", "http2-settings", "x-forwarded-for");
    private static final String EXTRA_PLAIN = "!#$&'*+-.^_`|~";
    private final StringBuilder text = new StringBuilder();

    /// The first line and the host.
    /// @throws ApiFault 400 for a path that leads out of what was authorized
    ForwardedHead(String method, String target, String host) {
        inside(target);
        text.append(word(method)).append(' ').append(word(target)).append(" HTTP/1.1\r\nHost: ").append(word(host))
                .append("\r\n");
    }

    /// A server may resolve `..` where this one does not, so no path has it.
    private static void inside(String target) {
        int query = target.indexOf('?');
        String path = (query < 0 ? target : target.substring(0, query)).toLowerCase(Locale.ROOT);
        String plain = path.replace("%2e", ".").replace("%2f", "/").replace("%5c", "/").replace('\\', '/');
        for (String segment : plain.split("/", -1)) {
            if (segment.equals("..") || segment.equals(".")) {
                throw ApiFault.badRequest("the path of a request to another API server may not have \".\" or \"..\"");
            }
        }
        if (path.contains("//")) {
            throw ApiFault.badRequest("the path of a request to another API server may not have empty segments");
        }
    }

    /// The client's own headers.
    ForwardedHead client(Exchange from) {
        Set<String> named = new HashSet<>();
        from.headers().getOrDefault("connection", List.of()).forEach(v -> named.addAll(
                List.of(v.toLowerCase(Locale.ROOT).replace(" ", "").split(","))));
        for (Map.Entry<String, List<String>> h : from.headers().entrySet()) {
            String name = h.getKey().toLowerCase(Locale.ROOT);
            // some servers take an underscore for a hyphen
            String meant = name.replace('_', '-');
            boolean own = DROPPED.contains(meant) || name.startsWith(":") || meant.startsWith("x-remote-")
                    || meant.startsWith("impersonate-") || named.contains(name);
            if (!own) {
                h.getValue().forEach(v -> add(name, v));
            }
        }
        String before = String.join(", ", from.headers().getOrDefault("x-forwarded-for", List.of()));
        String address = from.remote().getHostString();
        return add("X-Forwarded-For", before.isEmpty() ? address : before + ", " + address);
    }

    /// Who asks, as `--requestheader-…` flags of the other server name it.
    ForwardedHead user(Caller who) {
        add("X-Remote-User", bytes(who.user()));
        if (!who.uid().isEmpty()) {
            add("X-Remote-Uid", bytes(who.uid()));
        }
        who.groups().forEach(g -> add("X-Remote-Group", bytes(g)));
        who.extra().forEach((k, all) -> all.forEach(v -> add("X-Remote-Extra-" + escaped(k), bytes(v))));
        return this;
    }

    /// One more header.
    ForwardedHead add(String name, String value) {
        text.append(word(name)).append(": ").append(line(value)).append("\r\n");
        return this;
    }

    /// As it is sent.
    byte[] end() {
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /// UTF-8 is sent as it is.
    private static String bytes(String value) {
        return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /// A key of `extra` as a part of a header's name: percent-encoded as upstream's `headerKeyEscape`.
    private static String escaped(String key) {
        StringBuilder b = new StringBuilder();
        for (byte one : key.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (one & LAST_BYTE);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
                    || EXTRA_PLAIN.indexOf(c) >= 0;
            b.append(plain ? Character.toString(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        return b.toString();
    }

    private static String word(String value) {
        if (value.isEmpty() || value.chars().anyMatch(c -> c <= ' ' || c == DELETE || c > LAST_BYTE)) {
            throw ApiFault.badRequest("invalid character in the method, the path or a header of the request");
        }
        return value;
    }

    private static String line(String value) {
        if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == DELETE || c > LAST_BYTE)) {
            throw ApiFault.badRequest("invalid character in a header of the request");
        }
        return value;
    }
}

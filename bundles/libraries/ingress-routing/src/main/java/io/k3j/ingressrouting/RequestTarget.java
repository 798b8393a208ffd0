package io.k3j.ingressrouting;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/// Which host and path a request is for. What could be understood in two ways is refused, so that the path that chose
/// the route is the one the endpoint sees.
///
/// @param host lower case, without port and final dot; empty for a client of HTTP/1.0 that names none
/// @param authority as the client wrote it, for the endpoint
/// @param path canonical, for finding the route: unreserved characters are not escaped
/// @param origin path and query as they are passed on
public record RequestTarget(String host, String authority, String path, String origin) {
    private static final String UNRESERVED = "-._~";
    private static final String NEVER = "#\\";

    /// Reads target and `Host`.
    ///
    /// @param uri `/path?query`, or `http://host/path?query`, whose host then counts
    /// @param host the header, empty for none
    /// @return empty for what is malformed
    public static Optional<RequestTarget> of(String uri, String host) {
        if (!uri.startsWith("/")) {
            return absolute(uri);
        }
        Optional<String> origin = escaped(uri);
        Optional<String> name = name(host);
        if (origin.isEmpty() || name.isEmpty()) {
            return Optional.empty();
        }
        int query = origin.get().indexOf('?');
        String path = query < 0 ? origin.get() : origin.get().substring(0, query);
        return canonical(path).map(p -> new RequestTarget(name.get(), host, p, origin.get()));
    }

    private static Optional<RequestTarget> absolute(String uri) {
        int authority = uri.indexOf("://");
        String scheme = authority < 0 ? "" : uri.substring(0, authority).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return Optional.empty();
        }
        String rest = uri.substring(authority + 3);
        int end = rest.length();
        for (char stop : new char[] {'/', '?'}) {
            int at = rest.indexOf(stop);
            end = at < 0 ? end : Math.min(end, at);
        }
        String path = rest.substring(end);
        return end == 0 ? Optional.empty() : of(path.startsWith("/") ? path : "/" + path, rest.substring(0, end));
    }

    /// Bytes above ASCII, which some clients do not escape, escaped; empty when a control character or a blank is in
    /// it.
    private static Optional<String> escaped(String uri) {
        StringBuilder safe = new StringBuilder(uri.length());
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c <= ' ' || c == 0x7f || c > 0xff || NEVER.indexOf(c) >= 0) {
                return Optional.empty();
            }
            if (c > 0x7f) {
                safe.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
            } else {
                safe.append(c);
            }
        }
        return Optional.of(safe.toString());
    }

    /// The path with unreserved characters written out and the others' digits in upper case; empty for a bad escape, a
    /// zero byte, and for `.` and `..`, which clients resolve themselves (RFC 3986 §5.2.4).
    private static Optional<String> canonical(String path) {
        StringBuilder plain = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '%') {
                plain.append(c);
                continue;
            }
            if (i + 2 >= path.length() || !hex(path.charAt(i + 1)) || !hex(path.charAt(i + 2))) {
                return Optional.empty();
            }
            int value = HexFormat.fromHexDigits(path, i + 1, i + 3);
            if (value == 0) {
                return Optional.empty();
            }
            if (Character.isLetterOrDigit(value) && value < 0x80 || UNRESERVED.indexOf(value) >= 0) {
                plain.append((char) value);
            } else {
                plain.append(path.substring(i, i + 3).toUpperCase(Locale.ROOT));
            }
            i += 2;
        }
        String found = plain.toString();
        return dotted(found) ? Optional.empty() : Optional.of(found);
    }

    private static boolean hex(char c) {
        return HexFormat.isHexDigit(c);
    }

    private static boolean dotted(String path) {
        return path.contains("/./") || path.contains("/../") || path.endsWith("/.") || path.endsWith("/..");
    }

    /// The name in a `Host` header; empty for one that is malformed.
    private static Optional<String> name(String host) {
        int colon = host.startsWith("[") ? host.indexOf(':', host.indexOf(']')) : host.indexOf(':');
        String name = colon < 0 ? host : host.substring(0, colon);
        String port = colon < 0 ? "" : host.substring(colon + 1);
        boolean good = port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9')
                && name.chars().allMatch(RequestTarget::ofName) && name.length() <= 255;
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return good ? Optional.of(plain.toLowerCase(Locale.ROOT)) : Optional.empty();
    }

    private static boolean ofName(int c) {
        return c < 0x80 && Character.isLetterOrDigit(c) || "-._[]:".indexOf(c) >= 0;
    }
}

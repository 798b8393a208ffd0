package io.k3j.ingressrouting;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
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
    private static final char NEVER = '#';
    /// `.` and `..` with what ends them, also for who leaves out what begins with `;`.
    private static final List<String> DOTS = List.of("/./", "/../", "/.;", "/..;");
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_PORT = 5;

    /// Reads target and `Host`.
    ///
    /// @param uri `/path?query`, or `http://host/path?query`, whose host then counts
    /// @param host the header, empty for none
    /// @return empty for what is malformed
    public static Optional<RequestTarget> of(String uri, String host) {
        if (!uri.startsWith("/")) {
            return absolute(uri);
        }
        int end = plainPath(uri);
        return end < 0 ? carefully(uri, host)
                : name(host).map(name -> new RequestTarget(name, host, uri.substring(0, end), uri));
    }

    /// Where the path of a target ends that is canonical as it is; -1 when somebody has to look closer.
    private static int plainPath(String uri) {
        int end = -1;
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == NEVER) {
                return -1;
            }
            if (end < 0) {
                if (c == '?') {
                    end = i;
                } else if (c == '%' || c == '\\' || c == '.' && uri.charAt(i - 1) == '/') {
                    return -1;
                }
            }
        }
        return end < 0 ? uri.length() : end;
    }

    /// As [#of], for a target that begins with a slash: whatever it holds.
    static Optional<RequestTarget> carefully(String uri, String host) {
        Optional<String> origin = escaped(uri);
        Optional<String> name = name(host);
        if (origin.isEmpty() || name.isEmpty()) {
            return Optional.empty();
        }
        int query = origin.get().indexOf('?');
        String path = query < 0 ? origin.get() : origin.get().substring(0, query);
        return canonical(path).map(p -> new RequestTarget(name.get(), host, p, origin.get()));
    }

    /// A path that somebody wrote down, as [#path]s are: what a client has to escape may be escaped or not.
    ///
    /// @param written begins with a slash
    /// @return empty for what is refused in a request
    static Optional<String> canonicalPath(String written) {
        StringBuilder escaped = new StringBuilder(written.length());
        for (byte b : written.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c <= ' ' || c >= 0x7f || c == NEVER || c == '?' || c == '\\') {
                escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            } else {
                escaped.append(c);
            }
        }
        return canonical(escaped.toString());
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
    /// it, or a backslash in the path, which some take for a slash. Browsers write one into a query as it is.
    private static Optional<String> escaped(String uri) {
        StringBuilder safe = new StringBuilder(uri.length());
        int query = uri.indexOf('?');
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            boolean inPath = query < 0 || i < query;
            if (c <= ' ' || c == 0x7f || c > 0xff || c == NEVER || inPath && c == '\\') {
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

    /// Whether it has `.` or `..`, also for who takes escaped slashes for slashes.
    private static boolean dotted(String path) {
        String plain = path.replace("%2F", "/").replace("%5C", "/").replace("%3B", ";") + "/";
        return DOTS.stream().anyMatch(plain::contains);
    }

    /// The name in a `Host` header; empty for one that is malformed.
    private static Optional<String> name(String host) {
        int colon = host.startsWith("[") ? host.indexOf(':', host.indexOf(']')) : host.indexOf(':');
        int end = colon < 0 ? host.length() : colon;
        if (end > LONGEST_NAME || host.length() - end > LONGEST_PORT + 1) {
            return Optional.empty();
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (i < end ? !ofName(c) : i > end && (c < '0' || c > '9')) {
                return Optional.empty();
            }
        }
        String plain = host.substring(0, end > 0 && host.charAt(end - 1) == '.' ? end - 1 : end);
        return Optional.of(plain.toLowerCase(Locale.ROOT));
    }

    private static boolean ofName(char c) {
        return c < 0x80 && Character.isLetterOrDigit(c) || "-._[]:".indexOf(c) >= 0;
    }
}

package io.k3j.celvalues;

import dev.cel.common.types.OpaqueType;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A URL as Go's `net/url` reads it: absolute, or a path that begins with a slash.
public record GoUrl(String scheme, String host, String escapedPath, String query, String text) implements Opaque {
    /// Reads a URL.
    ///
    /// @throws EvalFailure in Go's words
    public static GoUrl parse(String text) {
        if (text.isEmpty()) {
            throw new EvalFailure("parse \"\": empty url");
        }
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw wrong(text, "net/url: invalid control character in URL");
        }
        int fragment = text.indexOf('#');
        String rest = fragment < 0 ? text : text.substring(0, fragment);
        String scheme = scheme(text, rest);
        rest = scheme.isEmpty() ? rest : rest.substring(scheme.length() + 1);
        int mark = rest.indexOf('?');
        String query = mark < 0 ? "" : rest.substring(mark + 1);
        rest = mark < 0 ? rest : rest.substring(0, mark);
        if (!rest.startsWith("/")) {
            if (scheme.isEmpty()) {
                throw wrong(text, "invalid URI for request");
            }
            return new GoUrl(scheme.toLowerCase(java.util.Locale.ROOT), "", "", query, text);
        }
        String host = "";
        if (rest.startsWith("//") && (!scheme.isEmpty() || !rest.startsWith("///"))) {
            int slash = rest.indexOf('/', 2);
            String authority = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
            rest = slash < 0 ? "" : rest.substring(slash);
            host = host(text, authority.substring(authority.lastIndexOf('@') + 1));
        }
        escapes(text, rest);
        return new GoUrl(scheme.toLowerCase(java.util.Locale.ROOT), host, escaped(rest), query, text);
    }

    private static EvalFailure wrong(String text, String why) {
        return new EvalFailure("parse \"" + text + "\": " + why);
    }

    private static String scheme(String text, String rest) {
        for (int i = 0; i < rest.length(); i++) {
            char c = rest.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            boolean later = c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.';
            if (c == ':') {
                if (i == 0) {
                    throw wrong(text, "missing protocol scheme");
                }
                return rest.substring(0, i);
            }
            if (!letter && (i == 0 || !later)) {
                return "";
            }
        }
        return "";
    }

    private static String host(String text, String host) {
        int close = host.startsWith("[") ? host.lastIndexOf(']') : -1;
        if (host.startsWith("[") && close < 0) {
            throw wrong(text, "missing ']' in host");
        }
        String behind = host.substring(Math.max(close + 1, 0));
        int colon = close >= 0 ? behind.indexOf(':') : behind.lastIndexOf(':');
        String port = colon < 0 ? "" : behind.substring(colon);
        if (close >= 0 && !behind.isEmpty() && colon != 0
                || !port.isEmpty() && !port.substring(1).chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw wrong(text, "invalid port \"" + (port.isEmpty() ? behind : port) + "\" after host");
        }
        int bad = host.chars().filter(c -> " \"<>^`{}|\\".indexOf(c) >= 0).findFirst().orElse(-1);
        if (bad >= 0) {
            throw wrong(text, "invalid character \"" + (char) bad + "\" in host name");
        }
        escapes(text, host);
        return host.indexOf('%') < 0 ? host : URLDecoder.decode(host.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static void escapes(String text, String part) {
        for (int at = part.indexOf('%'); at >= 0; at = part.indexOf('%', at + 1)) {
            boolean hex = at + 2 < part.length() && Character.digit(part.charAt(at + 1), 16) >= 0
                    && Character.digit(part.charAt(at + 2), 16) >= 0;
            if (!hex) {
                throw wrong(text, "invalid URL escape \"" + part.substring(at, Math.min(at + 3, part.length())) + "\"");
            }
        }
    }

    /// As Go writes a path: what cannot stand in one is escaped.
    private static String escaped(String path) {
        StringBuilder b = new StringBuilder();
        for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 255);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "-_.~$&+,/:;=@!'()*%[]".indexOf(c) >= 0);
            b.append(plain ? String.valueOf(c) : String.format("%%%02X", octet & 255));
        }
        return b.toString();
    }

    /// The host without its port and brackets.
    public String hostname() {
        int close = host.startsWith("[") ? host.indexOf(']') : -1;
        if (close > 0) {
            return host.substring(1, close);
        }
        int colon = host.lastIndexOf(':');
        return colon < 0 ? host : host.substring(0, colon);
    }

    /// The port, empty where none is written.
    public String port() {
        int colon = host.indexOf(':', host.startsWith("[") ? host.indexOf(']') : 0);
        return colon < 0 ? "" : host.substring(colon + 1);
    }

    /// The query by name; parts that cannot be read are left out.
    public Map<Object, Object> parameters() {
        Map<Object, Object> all = new LinkedHashMap<>();
        for (String part : query.split("&")) {
            if (part.isEmpty() || part.indexOf(';') >= 0) {
                continue;
            }
            int equals = part.indexOf('=');
            try {
                String name = URLDecoder.decode(equals < 0 ? part : part.substring(0, equals), StandardCharsets.UTF_8);
                String value = equals < 0 ? "" : URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8);
                append(all, name, value);
            } catch (IllegalArgumentException e) {
                continue;
            }
        }
        return all;
    }

    @SuppressWarnings("unchecked")
    private static void append(Map<Object, Object> all, String name, String value) {
        ((List<Object>) all.computeIfAbsent(name, _ -> new ArrayList<>())).add(value);
    }

    @Override
    public OpaqueType type() {
        return Opaques.URL;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GoUrl u && text.equals(u.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}

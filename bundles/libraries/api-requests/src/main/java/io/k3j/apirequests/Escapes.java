package io.k3j.apirequests;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Percent-encoding of paths and queries, as UTF-8. Read as strictly as Go's `net/url` reads it: two hexadecimal digits
/// of ASCII and nothing else, so that nobody who reads the same text later sees something else in it. Pure.
final class Escapes {
    private Escapes() {
    }

    /// A part of a query; a plus is a blank.
    /// @throws IllegalArgumentException when an escape is broken
    static String ofQuery(String text) {
        return URLDecoder.decode(whole(text), StandardCharsets.UTF_8);
    }

    /// A segment of a path; a plus is a plus.
    /// @throws IllegalArgumentException when an escape is broken
    static String ofPath(String text) {
        return URLDecoder.decode(whole(text).replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String whole(String text) {
        for (int at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
            if (at + 2 >= text.length() || !hex(text.charAt(at + 1)) || !hex(text.charAt(at + 2))) {
                throw new IllegalArgumentException("invalid URL escape \""
                        + text.substring(at, Math.min(at + 3, text.length())) + "\"");
            }
        }
        return text;
    }

    /// As a part of a query: letters, digits and `.-*_` as they are, a blank as a plus.
    static String toQuery(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static boolean hex(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }
}

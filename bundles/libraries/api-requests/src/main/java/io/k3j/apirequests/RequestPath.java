package io.k3j.apirequests;

import io.k3j.clientapi.ApiFault;
import java.util.ArrayList;
import java.util.List;

/// The path of a request: its segments, decoded, and the text as it was sent, which is what proxies pass on.
///
/// A segment may stand for anything once it is decoded, line breaks and slashes included; only the text as sent is
/// fit to be written into another request.
final class RequestPath {
    private final String sent;
    private final List<String> segments = new ArrayList<>();

    private RequestPath(String sent) {
        this.sent = sent;
    }

    /// Splits a path, still percent-encoded. Empty segments do not count, so a double slash means the same as a single
    /// one.
    ///
    /// @throws ApiFault 400 when an escape is broken
    static RequestPath of(String sent) {
        RequestPath path = new RequestPath(sent);
        for (int from = 0; from <= sent.length();) {
            int slash = sent.indexOf('/', from);
            int end = slash < 0 ? sent.length() : slash;
            if (end > from) {
                String part = sent.substring(from, end);
                path.segments.add(part.indexOf('%') < 0 ? part : decoded(part));
            }
            from = end + 1;
        }
        return path;
    }

    private static String decoded(String part) {
        try {
            return Escapes.ofPath(part);
        } catch (IllegalArgumentException e) {
            throw ApiFault.badRequest("invalid path: " + e.getMessage());
        }
    }

    /// The segments, decoded.
    List<String> segments() {
        return segments;
    }

    /// What follows the first `count` segments, as it was sent: empty, or beginning with a slash.
    String after(int count) {
        int end = 0;
        for (int left = Math.min(count, segments.size()); left > 0; left--) {
            int from = end;
            while (sent.charAt(from) == '/') {
                from++;
            }
            int slash = sent.indexOf('/', from);
            end = slash < 0 ? sent.length() : slash;
        }
        return sent.substring(end);
    }
}

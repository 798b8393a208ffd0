package io.k3j.edge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The head of a request, the same for both protocols.
///
/// @param fields header names (lower case) and values in turn, in order of arrival
record RequestHead(String method, String target, String host, String protocol, String[] fields) {
    /// A copy with another host.
    RequestHead withHost(String other) {
        return new RequestHead(method, target, other, protocol, fields);
    }

    /// The target up to the query.
    String path() {
        int end = target.indexOf('?');
        return end < 0 ? target : target.substring(0, end);
    }

    /// The query without its question mark.
    String query() {
        int end = target.indexOf('?');
        return end < 0 ? "" : target.substring(end + 1);
    }

    /// The first value of a header.
    Optional<String> header(String name) {
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                return Optional.of(fields[i + 1]);
            }
        }
        return Optional.empty();
    }

    /// The Content-Length, -1 without a readable one.
    long announced() {
        try {
            return header("content-length").map(Long::parseLong).orElse(-1L);
        } catch (NumberFormatException unreadable) {
            return -1;
        }
    }

    /// Whether the name of a header begins so.
    boolean hasHeader(String prefix) {
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /// All headers, grouped by name.
    Map<String, List<String>> headers() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            all.computeIfAbsent(fields[i], name -> new ArrayList<>(1)).add(fields[i + 1]);
        }
        return all;
    }
}

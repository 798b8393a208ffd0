package io.k3j.nodeproxy;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The parsed query of a request.
record QueryText(List<Map.Entry<String, String>> pairs) {
    static QueryText parse(String query) {
        List<Map.Entry<String, String>> pairs = new ArrayList<>();
        for (String part : query.split("&")) {
            if (!part.isEmpty()) {
                int eq = part.indexOf('=');
                pairs.add(Map.entry(decode(eq < 0 ? part : part.substring(0, eq)),
                        eq < 0 ? "" : decode(part.substring(eq + 1))));
            }
        }
        return new QueryText(pairs);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    String first(String name) {
        return pairs.stream().filter(p -> p.getKey().equals(name)).map(Map.Entry::getValue).findFirst().orElse("");
    }

    boolean flag(String name) {
        String value = first(name);
        return value.equals("true") || value.equals("1");
    }

    List<String> all(String name) {
        return pairs.stream().filter(p -> p.getKey().equals(name)).map(Map.Entry::getValue).toList();
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

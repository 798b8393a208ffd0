package io.k3j.metricsserver;

import java.util.HashMap;
import java.util.Map;

/// One line of Prometheus' text form: `name{label="value",…} value [milliseconds]`
/// (<https://prometheus.io/docs/instrumenting/exposition_formats/>). Timestamps as in the text form, 0: none.
record MetricLine(String name, Map<String, String> labels, double value, long atMillis) {
    /// @throws IllegalArgumentException when it is none
    static MetricLine parse(String line) {
        int brace = line.indexOf('{');
        int blank = line.indexOf(' ');
        int nameEnd = brace >= 0 && (blank < 0 || brace < blank) ? brace : blank;
        if (nameEnd <= 0) {
            throw damaged(line);
        }
        Map<String, String> labels = new HashMap<>(4);
        int rest = nameEnd == brace ? labels(line, brace + 1, labels) : nameEnd;
        String[] words = line.substring(rest).strip().split("\\s+");
        if (words.length > 2) {
            throw damaged(line);
        }
        try {
            return new MetricLine(line.substring(0, nameEnd), labels, Double.parseDouble(words[0]),
                    words.length == 2 ? Long.parseLong(words[1]) : 0);
        } catch (NumberFormatException e) {
            throw damaged(line);
        }
    }

    /// A label, empty when it is not there.
    String label(String of) {
        return labels.getOrDefault(of, "");
    }

    /// @return the index behind the closing brace
    private static int labels(String line, int from, Map<String, String> into) {
        int at = from;
        while (at < line.length() && line.charAt(at) != '}') {
            int equals = line.indexOf("=\"", at);
            if (equals < 0) {
                throw damaged(line);
            }
            StringBuilder value = new StringBuilder();
            int end = value(line, equals + 2, value);
            into.put(line.substring(at, equals).strip(), value.toString());
            at = end + 1;
            if (at < line.length() && line.charAt(at) == ',') {
                at++;
            }
        }
        if (at >= line.length()) {
            throw damaged(line);
        }
        return at + 1;
    }

    /// @return the index of the closing quote
    private static int value(String line, int from, StringBuilder into) {
        for (int at = from; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '"') {
                return at;
            }
            if (c == '\\' && at + 1 < line.length()) {
                at++;
                into.append(line.charAt(at) == 'n' ? '\n' : line.charAt(at));
            } else {
                into.append(c);
            }
        }
        throw damaged(line);
    }

    private static IllegalArgumentException damaged(String line) {
        return new IllegalArgumentException(
                "not a line of Prometheus' text form: " + line.substring(0, Math.min(line.length(), 80)));
    }
}

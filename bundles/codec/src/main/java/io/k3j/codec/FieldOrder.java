package io.k3j.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds where some fields stand in a JSON text, by one more pass over it: only done when there is something to
/// complain about. One finder, one text.
public final class FieldOrder {
    /// Longer paths are not looked for, so that deep texts with long names stay cheap.
    private static final int LONGEST_PATH = 4096;
    private final Map<String, Integer> seen = new LinkedHashMap<>();
    private final Set<Integer> lengths = new HashSet<>();
    private final List<Occurrence> found = new ArrayList<>();
    private final StringBuilder path = new StringBuilder();

    private FieldOrder(Collection<String> wanted) {
        for (String p : wanted) {
            seen.put(p, 0);
            lengths.add(p.length());
        }
    }

    /// A field in the text.
    /// @param path as `spec.containers[0].image`
    /// @param again whether it stood there before
    public record Occurrence(String path, boolean again) {
    }

    /// The places of fields in a text that has been read before, in the order of the text.
    public static List<Occurrence> of(byte[] json, Collection<String> paths) {
        FieldOrder order = new FieldOrder(paths);
        try (JsonParser parser = JsonReader.parser(json)) {
            order.value(parser, parser.nextToken());
        } catch (IOException e) {
            throw new MalformedInput("invalid JSON: " + e.getMessage());
        }
        return order.found;
    }

    private void value(JsonParser parser, JsonToken token) throws IOException {
        int length = path.length();
        if (token == JsonToken.START_OBJECT) {
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                path.append(length == 0 ? "" : ".").append(name);
                meet();
                value(parser, parser.nextToken());
                path.setLength(length);
            }
        } else if (token == JsonToken.START_ARRAY) {
            int index = 0;
            for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
                path.append('[').append(index++).append(']');
                value(parser, t);
                path.setLength(length);
            }
        }
    }

    private void meet() {
        if (path.length() > LONGEST_PATH || !lengths.contains(path.length())) {
            return;
        }
        String here = path.toString();
        Integer times = seen.computeIfPresent(here, (p, n) -> n + 1);
        if (times != null) {
            found.add(new Occurrence(here, times > 1));
        }
    }
}

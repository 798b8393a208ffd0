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
///
/// Upstream complains of unknown and repeated fields in the order of the text. Decoding meets them in the order of the
/// tree, so their places are looked up afterwards; a request without complaints pays nothing.
public final class FieldOrder {
    /// Longer paths are not looked for, so that deep texts with long names stay cheap.
    private static final int LONGEST_PATH = 4096;
    /// How often each wanted path has been met.
    private final Map<String, Integer> seen = new LinkedHashMap<>();
    /// How long the wanted paths are: most paths of a text have another length and need not be made a string.
    private final Set<Integer> lengths = new HashSet<>();
    private final List<Occurrence> found = new ArrayList<>();
    /// Where the parser is; cut back behind each value.
    private final StringBuilder path = new StringBuilder();

    /// Begins with none of them met.
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

    /// The places of fields in a text that has been read before, in the order of the text. Pure; costs one pass over
    /// the text. Any thread.
    /// @param json a text that [Json] has read without complaint about its form
    /// @param paths without duplicates; a path longer than 4096 characters is not found
    /// @throws MalformedInput when it is not JSON after all
    public static List<Occurrence> of(byte[] json, Collection<String> paths) {
        FieldOrder order = new FieldOrder(paths);
        try (JsonParser parser = JsonReader.parser(json)) {
            order.value(parser, parser.nextToken());
        } catch (IOException e) {
            throw new MalformedInput("invalid JSON: " + e.getMessage());
        }
        return order.found;
    }

    /// Recursion ends where the parser does, at [Json#MAX_DEPTH].
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

    /// Notes that the path stands here, when it is one of those.
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

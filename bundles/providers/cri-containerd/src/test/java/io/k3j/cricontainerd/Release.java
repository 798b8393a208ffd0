package io.k3j.cricontainerd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Converts a proto3 file to the lines of the [MessageTable]. Fails on what the table does not support: maps other
/// than string to string, number types that CRI does not use, duplicate type names.
final class Release {
    private static final Pattern COMMENT = Pattern.compile("//[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern PART = Pattern.compile("(?<kind>message|enum|service) (?<name>\\w+)\\s*\\{"
            + "|rpc (?<call>\\w+)\\((?<request>\\w+)\\) returns \\((?<stream>stream )?(?<response>\\w+)\\) \\{\\}"
            + "|(?<many>repeated )?(?<type>map ?< ?string ?, ?string ?>|\\w+)\\s+(?<field>\\w+)\\s*=\\s*(?<number>\\d+)"
            + "(?<options>\\s*\\[[^]]*])?\\s*;"
            + "|(?<constant>\\w+)\\s*=\\s*(?<value>\\d+)\\s*;|(?<end>})|(?<head>(syntax|package|option)[^;]*;)");
    private static final Set<String> SCALARS = Set.of("string", "bytes", "bool", "int32", "int64", "uint32", "uint64",
            "double", "map");
    private final Map<String, StringBuilder> types = new LinkedHashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final List<String> used = new ArrayList<>();
    /// Name, request and response of each unary call.
    final List<List<String>> calls = new ArrayList<>();

    Release(String proto) {
        String text = COMMENT.matcher(proto).replaceAll("").strip();
        Matcher parts = PART.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!parts.region(at, text.length()).lookingAt()) {
                throw new AssertionError("not understood: " + text.substring(at, Math.min(text.length(), at + 80)));
            }
            part(parts);
            at = parts.end();
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }
        used.stream().filter(type -> !SCALARS.contains(type) && !types.containsKey(type)).forEach(type -> {
            throw new AssertionError("the table has no " + type);
        });
    }

    private void part(Matcher part) {
        if (part.group("kind") != null) {
            open.push(part.group("name"));
            StringBuilder line = new StringBuilder(part.group("kind") + " " + part.group("name"));
            if (types.put(part.group("name"), line) != null) {
                throw new AssertionError("twice: " + line);
            }
        } else if (part.group("end") != null) {
            open.pop();
        } else if (part.group("call") != null) {
            if (part.group("stream") == null) {
                calls.add(List.of(part.group("call"), part.group("request"), part.group("response")));
            }
        } else if (part.group("field") != null) {
            String type = part.group("type").startsWith("map") ? "map" : part.group("type");
            used.add(type);
            add(" " + json(part.group("field")) + "=" + part.group("number") + ":" + type
                    + (part.group("many") == null ? "" : "*"));
        } else if (part.group("constant") != null) {
            add(" " + part.group("constant") + "=" + part.group("value"));
        }
    }

    private void add(String word) {
        types.get(open.element()).append(word);
    }

    /// Protobuf's JSON name of a field.
    private static String json(String name) {
        return Pattern.compile("_(.?)").matcher(name).replaceAll(m -> m.group(1).toUpperCase(Locale.ROOT));
    }

    /// A line for each enum and each message, in the order of the release.
    List<String> lines() {
        return types.values().stream().map(StringBuilder::toString).filter(l -> !l.startsWith("service ")).toList();
    }
}

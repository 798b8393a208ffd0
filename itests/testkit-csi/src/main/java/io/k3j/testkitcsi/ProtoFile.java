package io.k3j.testkitcsi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The messages of a `.proto` file, as far as CSI uses the language. Immutable after its making.
final class ProtoFile {
    private final List<String> tokens;
    private final Map<String, Map<Integer, Field>> messages = new HashMap<>();
    private final Set<String> enums = new HashSet<>();
    private int at;

    /// A field of a message.
    ///
    /// @param type a scalar's, `map` for texts by texts, or a name as it is written
    /// @param scope the message in which the name is looked for
    record Field(String name, int number, String type, boolean many, String scope) {
    }

    private ProtoFile(String text) {
        tokens = tokens(text);
        while (at < tokens.size()) {
            declaration("");
        }
    }

    /// One of those beside this class.
    static ProtoFile of(String name) {
        try (InputStream in = Objects.requireNonNull(ProtoFile.class.getResourceAsStream(name), name)) {
            return new ProtoFile(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Fields by number.
    Map<Integer, Field> message(String name) {
        Map<Integer, Field> found = messages.get(name);
        if (found == null) {
            throw new AssertionError("the release has no message " + name);
        }
        return found;
    }

    /// The whole name of a type that a field names, from the innermost scope to the outermost.
    String resolve(Field field) {
        for (String scope = field.scope();; scope = scope.substring(0, Math.max(0, scope.lastIndexOf('.')))) {
            String whole = scope.isEmpty() ? field.type() : scope + "." + field.type();
            if (messages.containsKey(whole) || enums.contains(whole)) {
                return whole;
            }
            if (scope.isEmpty()) {
                throw new AssertionError("the release has no type " + field.type());
            }
        }
    }

    boolean isEnum(String whole) {
        return enums.contains(whole);
    }

    private static List<String> tokens(String text) {
        List<String> all = new ArrayList<>();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            int end = i + 1;
            if (text.startsWith("//", i)) {
                end = text.indexOf('\n', i);
            } else if (text.startsWith("/*", i)) {
                end = text.indexOf("*/", i) + 2;
            } else if (c == '"') {
                end = text.indexOf('"', i + 1) + 1;
                all.add(text.substring(i, end));
            } else if (word(c)) {
                while (end < text.length() && word(text.charAt(end))) {
                    end++;
                }
                all.add(text.substring(i, end));
            } else if (!Character.isWhitespace(c)) {
                all.add(String.valueOf(c));
            }
            i = end;
        }
        return all;
    }

    private static boolean word(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.';
    }

    private String next() {
        return tokens.get(at++);
    }

    private void skipStatement() {
        while (!next().equals(";")) {
            // up to its end
        }
    }

    private void skipBlock() {
        while (!next().equals("{")) {
            // up to its beginning
        }
        for (int depth = 1; depth > 0;) {
            String token = next();
            depth += token.equals("{") ? 1 : token.equals("}") ? -1 : 0;
        }
    }

    private void declaration(String scope) {
        String kind = next();
        switch (kind) {
            case "message" -> message(scope, next());
            case "enum" -> {
                enums.add(inside(scope, next()));
                skipBlock();
            }
            case "service", "extend" -> skipBlock();
            default -> skipStatement();
        }
    }

    private static String inside(String scope, String name) {
        return scope.isEmpty() ? name : scope + "." + name;
    }

    private void message(String scope, String name) {
        String whole = inside(scope, name);
        Map<Integer, Field> fields = new HashMap<>();
        messages.put(whole, fields);
        next();
        while (!tokens.get(at).equals("}")) {
            member(whole, fields);
        }
        next();
    }

    private void member(String whole, Map<Integer, Field> fields) {
        switch (tokens.get(at)) {
            case "message", "enum", "option", "reserved" -> declaration(whole);
            case ";" -> next();
            case "oneof" -> {
                at += 3;
                while (!tokens.get(at).equals("}")) {
                    member(whole, fields);
                }
                next();
            }
            default -> field(whole, fields);
        }
    }

    private void field(String whole, Map<Integer, Field> fields) {
        String type = next();
        boolean many = type.equals("repeated");
        type = many || type.equals("optional") ? next() : type;
        if (type.equals("map")) {
            while (!next().equals(">")) {
                // texts by texts
            }
        }
        String name = next();
        next();
        int number = Integer.parseInt(next());
        fields.put(number, new Field(name, number, type, many, whole));
        skipStatement();
    }
}

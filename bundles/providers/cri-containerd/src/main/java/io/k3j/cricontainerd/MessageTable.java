package io.k3j.cricontainerd;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;

/// The protobuf schema as a table, read from the files beside it: `enum NAME VALUE=n …`, `message NAME
/// field=number:type …`; `*` marks repeated fields, `map` is string to string. `cri.txt` is generated from CRI's
/// released `.proto`, see `MessagesOfReleaseTest`. Immutable; for any thread.
final class MessageTable {
    private static final List<String> FILES = List.of("cri.txt", "events.txt");
    private final Map<String, Message> messages = new HashMap<>();
    private final Map<String, Map<String, Long>> enums = new HashMap<>();

    /// `many` marks a repeated field.
    record Field(String name, int number, String type, boolean many) {
    }

    /// The fields in the table's order.
    record Message(Map<String, Field> byName, Map<Integer, Field> byNumber) {
        private Message() {
            this(new LinkedHashMap<>(), new HashMap<>());
        }
    }

    MessageTable() {
        FILES.forEach(this::read);
    }

    private void read(String file) {
        try (InputStream in = MessageTable.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing");
            }
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(l -> !l.startsWith("#"))
                    .forEach(this::learn);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void learn(String line) {
        StringTokenizer words = new StringTokenizer(line);
        boolean message = words.nextToken().equals("message");
        String name = words.nextToken();
        if (message) {
            messages.put(name, message(words));
        } else {
            enums.put(name, constants(words));
        }
    }

    private static Message message(StringTokenizer words) {
        Message message = new Message();
        while (words.hasMoreTokens()) {
            String word = words.nextToken();
            int eq = word.indexOf('=');
            int colon = word.indexOf(':', eq);
            boolean many = word.endsWith("*");
            Field field = new Field(word.substring(0, eq), Integer.parseInt(word, eq + 1, colon, 10),
                    word.substring(colon + 1, word.length() - (many ? 1 : 0)), many);
            message.byName.put(field.name, field);
            message.byNumber.put(field.number, field);
        }
        return message;
    }

    private static Map<String, Long> constants(StringTokenizer words) {
        Map<String, Long> values = new LinkedHashMap<>();
        while (words.hasMoreTokens()) {
            String word = words.nextToken();
            int eq = word.indexOf('=');
            values.put(word.substring(0, eq), Long.valueOf(word.substring(eq + 1)));
        }
        return values;
    }

    /// The fields of a message.
    /// @throws IllegalArgumentException for an unknown name
    Message message(String name) {
        Message message = messages.get(name);
        if (message == null) {
            throw new IllegalArgumentException("no message " + name);
        }
        return message;
    }

    /// Whether a type is an enum.
    boolean isEnum(String type) {
        return enums.containsKey(type);
    }

    /// The number of an enum's value.
    /// @throws IllegalArgumentException for an unknown name
    long number(String type, String name) {
        Long value = enums.getOrDefault(type, Map.of()).get(name);
        if (value == null) {
            throw new IllegalArgumentException(type + " has no value " + name);
        }
        return value;
    }

    /// The name of an enum value, or its number when it is unknown.
    String name(String type, long number) {
        for (Map.Entry<String, Long> one : enums.getOrDefault(type, Map.of()).entrySet()) {
            if (one.getValue() == number) {
                return one.getKey();
            }
        }
        return Long.toString(number);
    }
}

package io.k3j.cricontainerd;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.TreeMap;

/// CRI's messages as trees: names and values in, protobuf out, and back, by the table `cri.txt`. Fields of
/// type `bytes` are texts of one character per byte. An absent field reads as absent, as protobuf 3 leaves
/// out zeros.
final class Messages {
    private final Map<String, Map<String, Field>> byName = new HashMap<>();
    private final Map<String, Map<Integer, Field>> byNumber = new HashMap<>();
    private final Map<String, Map<String, Long>> enums = new HashMap<>();

    private record Field(String name, int number, String type, boolean many) {
    }

    Messages() {
        try (InputStream in = Messages.class.getResourceAsStream("cri.txt")) {
            if (in == null) {
                throw new IllegalStateException("cri.txt is missing");
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
        Map<String, Field> fields = new HashMap<>();
        Map<Integer, Field> numbers = new HashMap<>();
        Map<String, Long> values = new TreeMap<>();
        while (words.hasMoreTokens()) {
            String word = words.nextToken();
            int eq = word.indexOf('=');
            int colon = word.indexOf(':');
            if (message) {
                boolean many = word.endsWith("*");
                Field f = new Field(word.substring(0, eq), Integer.parseInt(word.substring(eq + 1, colon)),
                        word.substring(colon + 1, word.length() - (many ? 1 : 0)), many);
                fields.put(f.name, f);
                numbers.put(f.number, f);
            } else {
                values.put(word.substring(0, eq), Long.valueOf(word.substring(eq + 1)));
            }
        }
        if (message) {
            byName.put(name, fields);
            byNumber.put(name, numbers);
        } else {
            enums.put(name, values);
        }
    }

    /// A tree as a message.
    /// @throws IllegalArgumentException for a field or enum value the message does not have
    byte[] encode(String message, Struct tree) {
        ProtoWriter out = new ProtoWriter();
        Map<String, Field> fields = known(byName, message);
        tree.forEach((name, value) -> {
            Field field = fields.get(name);
            if (field == null) {
                throw new IllegalArgumentException(message + " has no field " + name);
            }
            if (value instanceof Seq list && field.many) {
                list.forEach(item -> one(out, field, item));
            } else {
                one(out, field, value);
            }
        });
        return out.done();
    }

    private void one(ProtoWriter out, Field field, Object value) {
        switch (value) {
            case String s when field.type.equals("string") -> out.text(field.number, s);
            case String s when field.type.equals("bytes") ->
                out.bytes(field.number, s.getBytes(StandardCharsets.ISO_8859_1));
            case String s -> out.number(field.number, constant(field, s));
            case Long n -> out.number(field.number, n);
            case Boolean b -> out.number(field.number, b ? 1 : 0);
            case Struct map when field.type.equals("map") -> map.texts().forEach((k, v) -> {
                ProtoWriter entry = new ProtoWriter();
                entry.text(1, k);
                entry.text(2, v);
                out.bytes(field.number, entry.done());
            });
            case Struct s -> out.bytes(field.number, encode(field.type, s));
            default ->
                throw new IllegalArgumentException(field.name + " cannot be " + value.getClass().getSimpleName());
        }
    }

    private long constant(Field field, String name) {
        Long value = known(enums, field.type).get(name);
        if (value == null) {
            throw new IllegalArgumentException(field.type + " has no value " + name);
        }
        return value;
    }

    /// A message as a tree; fields it does not know are left out.
    Struct decode(String message, byte[] bytes) {
        Map<Integer, Field> fields = known(byNumber, message);
        Struct.Builder b = Struct.builder();
        Map<String, ArrayList<Object>> lists = new HashMap<>();
        Map<String, Map<String, String>> maps = new HashMap<>();
        ProtoReader in = new ProtoReader(bytes);
        for (int number = in.next(); number != 0; number = in.next()) {
            Field field = fields.get(number);
            if (field == null) {
                continue;
            }
            if (field.type.equals("map")) {
                entry(in.bytes(), maps.computeIfAbsent(field.name, n -> new TreeMap<>()));
            } else if (field.many) {
                lists.computeIfAbsent(field.name, n -> new ArrayList<>()).addAll(several(field, in));
            } else {
                b.put(field.name, value(field, in));
            }
        }
        lists.forEach(b::put);
        maps.forEach(b::put);
        return b.build();
    }

    private List<Object> several(Field field, ProtoReader in) {
        boolean numeric = !field.type.equals("string") && !byName.containsKey(field.type);
        if (numeric && in.delimited()) {
            return Arrays.stream(ProtoReader.packed(in.bytes())).mapToObj(n -> (Object) n).toList();
        }
        return List.of(value(field, in));
    }

    private Object value(Field field, ProtoReader in) {
        return switch (field.type) {
            case "string" -> new String(in.bytes(), StandardCharsets.UTF_8);
            case "bytes" -> new String(in.bytes(), StandardCharsets.ISO_8859_1);
            case "bool" -> in.number() != 0;
            case "int32" -> (long) (int) in.number();
            case "int64", "uint32", "uint64" -> in.number();
            default -> enums.containsKey(field.type) ? name(field.type, in.number()) : decode(field.type, in.bytes());
        };
    }

    private String name(String type, long number) {
        return known(enums, type).entrySet().stream().filter(e -> e.getValue() == number).map(Map.Entry::getKey)
                .findFirst().orElse(Long.toString(number));
    }

    private static void entry(byte[] bytes, Map<String, String> into) {
        ProtoReader in = new ProtoReader(bytes);
        String key = "";
        String value = "";
        for (int number = in.next(); number != 0; number = in.next()) {
            String text = new String(in.bytes(), StandardCharsets.UTF_8);
            key = number == 1 ? text : key;
            value = number == 2 ? text : value;
        }
        into.put(key, value);
    }

    private static <V> V known(Map<String, V> table, String name) {
        V value = table.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no message or enum " + name);
        }
        return value;
    }
}

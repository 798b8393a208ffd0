package io.k3j.codec;

import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How a JSON object lies in a protobuf message: an entry per field number, in order. A type that Go embeds
/// is a message of its own whose fields are fields of the same JSON object.
final class Plan {
    /// One field number: a JSON field, or an embedded message.
    /// @param slot the position of the field in the JSON object
    record Entry(int number, @Nullable Field field, int slot, @Nullable Plan embedded) {
    }

    final List<Entry> entries;
    /// The JSON fields of the whole object, by slot.
    final List<Field> fields;
    private final @Nullable Entry[] byNumber;
    private final @Nullable Named[] byName;
    private final boolean embeds;

    private Plan(List<Entry> entries, List<Field> fields) {
        this.entries = entries;
        this.fields = fields;
        byNumber = new Entry[entries.isEmpty() ? 0 : entries.getLast().number() + 1];
        entries.forEach(e -> byNumber[e.number()] = e);
        embeds = entries.stream().anyMatch(e -> e.embedded() != null);
        byName = named();
    }

    static Plan of(Shape shape) {
        List<Field> fields = shape.fields();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            all.add(i);
        }
        return at(0, all, fields);
    }

    private static Plan at(int depth, List<Integer> slots, List<Field> fields) {
        Map<Integer, List<Integer>> byNumber = new TreeMap<>();
        for (int slot : slots) {
            List<Integer> numbers = fields.get(slot).numbers();
            if (numbers.size() > depth) {
                byNumber.computeIfAbsent(numbers.get(depth), n -> new ArrayList<>()).add(slot);
            }
        }
        List<Entry> entries = new ArrayList<>();
        byNumber.forEach((number, here) -> {
            Field only = fields.get(here.getFirst());
            boolean leaf = only.numbers().size() == depth + 1;
            entries.add(leaf ? new Entry(number, only, here.getFirst(), null)
                    : new Entry(number, null, -1, at(depth + 1, here, fields)));
        });
        return new Plan(List.copyOf(entries), fields);
    }

    /// Whether some fields of the JSON object lie in a message within the message.
    boolean embeds() {
        return embeds;
    }

    /// The entry of a JSON field that lies in the message itself, by its name in bytes.
    @Nullable
    Entry find(byte[] b, int from, int to) {
        for (int i = hash(b, from, to);; i++) {
            Named named = byName[i & byName.length - 1];
            if (named == null || Arrays.equals(named.name, 0, named.name.length, b, from, to)) {
                return named == null ? null : named.entry;
            }
        }
    }

    private static int hash(byte[] b, int from, int to) {
        int length = to - from;
        return length == 0 ? 0 : 31 * (31 * length + b[from]) + 7 * b[to - 1] + b[from + length / 2];
    }

    private @Nullable Named[] named() {
        @Nullable
        Named[] table = new Named[Math.max(4, Integer.highestOneBit(entries.size()) << 2)];
        for (Entry e : entries) {
            if (e.field() != null) {
                byte[] name = e.field().name().getBytes(StandardCharsets.UTF_8);
                int i = hash(name, 0, name.length);
                while (table[i & table.length - 1] != null) {
                    i++;
                }
                table[i & table.length - 1] = new Named(name, e);
            }
        }
        return table;
    }

    private record Named(byte[] name, Entry entry) {
    }

    @Nullable
    Entry find(int number) {
        return number < byNumber.length ? byNumber[number] : null;
    }

    @Override
    public String toString() {
        return Arrays.toString(byNumber);
    }
}

package io.k3j.codec;

import io.k3j.schema.Field;
import io.k3j.schema.Shape;
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

    private Plan(List<Entry> entries, List<Field> fields) {
        this.entries = entries;
        this.fields = fields;
        byNumber = new Entry[entries.isEmpty() ? 0 : entries.getLast().number() + 1];
        entries.forEach(e -> byNumber[e.number()] = e);
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

    @Nullable
    Entry find(int number) {
        return number < byNumber.length ? byNumber[number] : null;
    }

    @Override
    public String toString() {
        return Arrays.toString(byNumber);
    }
}

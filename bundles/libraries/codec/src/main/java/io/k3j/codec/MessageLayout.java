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
///
/// Immutable; one per definition, kept by [Protobuf]. Built from the numbers of [Field], of which a field that Go
/// embeds has several: those of the messages around it first.
final class MessageLayout {
    /// One field number: a JSON field, or an embedded message.
    /// @param number the field number in this message
    /// @param field the JSON field, null where a message is embedded
    /// @param slot the position of the field in the JSON object
    /// @param embedded the message within, null where a field stands; its slots are those of the same JSON object
    record Entry(int number, @Nullable Field field, int slot, @Nullable MessageLayout embedded) {
    }

    /// In the order of their numbers, in which Go writes them.
    final List<Entry> entries;
    /// The JSON fields of the whole object, by slot.
    final List<Field> fields;
    /// The entry of a field number. The numbers of Kubernetes' types are small, so gaps cost little.
    private final @Nullable Entry[] byNumber;
    /// A table with open addressing of at least twice as many places as entries, so that a look-up ends.
    private final @Nullable Named[] byName;
    private final boolean embeds;

    private MessageLayout(List<Entry> entries, List<Field> fields) {
        this.entries = entries;
        this.fields = fields;
        byNumber = new Entry[entries.isEmpty() ? 0 : entries.getLast().number() + 1];
        entries.forEach(e -> byNumber[e.number()] = e);
        embeds = entries.stream().anyMatch(e -> e.embedded() != null);
        byName = named();
    }

    /// Of a shape with fields. Fields without a protobuf form have no entry.
    static MessageLayout of(Shape shape) {
        List<Field> fields = shape.fields();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            all.add(i);
        }
        return at(0, all, fields);
    }

    /// The layout of the message that is `depth` messages deep, of those fields that lie in it.
    private static MessageLayout at(int depth, List<Integer> slots, List<Field> fields) {
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
        return new MessageLayout(List.copyOf(entries), fields);
    }

    /// Whether some fields of the JSON object lie in a message within the message. Then they do not stand side by side
    /// in JSON, and stored bytes cannot be transcoded; see [ProtobufList#direct].
    boolean embeds() {
        return embeds;
    }

    /// The entry of a JSON field that lies in the message itself, by its name in bytes. Without making a string: this
    /// is asked for every field of every object of a list.
    /// @return null when there is none
    @Nullable
    Entry find(byte[] b, int from, int to) {
        for (int i = hash(b, from, to);; i++) {
            Named named = byName[i & byName.length - 1];
            if (named == null || Arrays.equals(named.name, 0, named.name.length, b, from, to)) {
                return named == null ? null : named.entry;
            }
        }
    }

    /// Length, first, middle and last byte: enough to tell the names of one type apart nearly always.
    private static int hash(byte[] b, int from, int to) {
        int length = to - from;
        return length == 0 ? 0 : 31 * (31 * length + b[from]) + 7 * b[to - 1] + b[from + length / 2];
    }

    /// Embedded messages have no name in JSON; fields in them are found by decoding only.
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

    /// A name in UTF-8 and what it stands for.
    private record Named(byte[] name, Entry entry) {
    }

    /// The entry of a field number, null when there is none.
    @Nullable
    Entry find(int number) {
        return number < byNumber.length ? byNumber[number] : null;
    }

    @Override
    public String toString() {
        return Arrays.toString(byNumber);
    }
}

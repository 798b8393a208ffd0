package io.k3j.cricontainerd;

import io.k3j.codec.MalformedInput;
import io.k3j.codec.Wire;
import io.k3j.codec.WireOut;
import io.k3j.cricontainerd.MessageTable.Field;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import java.util.Map;

/// CRI's messages as trees: names and values in, protobuf out, and back, by the [MessageTable]. Fields of type
/// `bytes` are written as the UTF-8 of their text (values of variables) and read as texts of one character per
/// byte, because what a command writes need be no text. An absent field reads as absent, as protobuf 3 leaves
/// out zeros. Any thread.
final class Messages {
    /// How many values an answer may have: some ten times what a node of 500 pods has. It bounds the memory an
    /// answer takes, as a value may be two bytes long there.
    static final int MAX_VALUES = 1 << 19;
    private static final int EXPECTED = 256;
    private final MessageTable table = new MessageTable();

    /// A tree as a message.
    /// @throws IllegalArgumentException for a field or enum value the message does not have
    byte[] encode(String message, Struct tree) {
        WireOut out = new WireOut(EXPECTED);
        fields(out, message, tree);
        return out.bytes();
    }

    private void fields(WireOut out, String message, Struct tree) {
        Map<String, Field> fields = table.message(message).byName();
        for (int i = tree.size() - 1; i >= 0; i--) {
            Field field = fields.get(tree.name(i));
            if (field == null) {
                throw new IllegalArgumentException(message + " has no field " + tree.name(i));
            }
            if (tree.value(i) instanceof Seq list && field.many()) {
                for (int n = list.size() - 1; n >= 0; n--) {
                    value(out, field, list.get(n));
                }
            } else {
                value(out, field, tree.value(i));
            }
        }
    }

    private void value(WireOut out, Field field, Object value) {
        switch (value) {
            case String s when field.type().equals("string") || field.type().equals("bytes") ->
                out.text(field.number(), s);
            case String s -> out.number(field.number(), table.number(field.type(), s));
            case Long n -> out.number(field.number(), n);
            case Boolean b -> out.number(field.number(), b ? 1 : 0);
            case Struct map when field.type().equals("map") -> entries(out, field.number(), map);
            case Struct s -> {
                int mark = out.mark();
                fields(out, field.type(), s);
                out.message(field.number(), mark);
            }
            default ->
                throw new IllegalArgumentException(field.name() + " cannot be " + value.getClass().getSimpleName());
        }
    }

    private static void entries(WireOut out, int number, Struct map) {
        map.texts().forEach((key, value) -> {
            int mark = out.mark();
            out.text(2, value);
            out.text(1, key);
            out.message(number, mark);
        });
    }

    /// A message as a tree; fields the table does not have are left out.
    /// @throws RuntimeFault when it is damaged, or has more than [#MAX_VALUES]
    Struct decode(String message, byte[] bytes) {
        try {
            return new Answer(table).message(message, new Wire(bytes));
        } catch (MalformedInput e) {
            throw new RuntimeFault(RuntimeFault.Kind.FAILED,
                    "the runtime's answer is damaged: " + message + ": " + e.getMessage());
        }
    }
}

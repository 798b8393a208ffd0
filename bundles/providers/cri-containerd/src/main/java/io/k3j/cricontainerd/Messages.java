package io.k3j.cricontainerd;

import io.k3j.cricontainerd.MessageTable.Field;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.protobufwire.MalformedMessage;
import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireOut;
import java.util.Map;

/// Encodes and decodes CRI's protobuf messages as trees, by the [MessageTable]. Fields of type `bytes` are encoded as
/// UTF-8 (values of variables) and decoded as one character per byte, since the output of a command need not be text.
/// An absent field stays absent, as proto3 omits zeros. For any thread.
final class Messages {
    /// Maximum of values in a response, about ten times what a node of 500 pods has. It bounds the memory of a
    /// response, where a value may take two bytes only.
    static final int MAX_VALUES = 1 << 19;
    private static final int EXPECTED = 256;
    private final MessageTable table = new MessageTable();

    /// Encodes a tree.
    /// @throws IllegalArgumentException for an unknown field or enum value
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

    /// Decodes a message; unknown fields are skipped.
    /// @throws RuntimeFault for invalid bytes, or more than [#MAX_VALUES] values
    Struct decode(String message, byte[] bytes) {
        try {
            return new MessageReader(table).message(message, new WireIn(bytes));
        } catch (MalformedMessage e) {
            throw new RuntimeFault(RuntimeFault.Kind.FAILED,
                    "the runtime's answer is damaged: " + message + ": " + e.getMessage());
        }
    }
}

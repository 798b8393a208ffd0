package io.k3j.cbor;

import io.k3j.model.Gvk;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Writes trees, with the shortest heads and numbers (RFC 8949 §4.2.1) in the order of the tree. One writer, one item.
final class CborWriter {
    private static final int UNSIGNED = 0;
    private static final int NEGATIVE = 1 << 5;
    private static final int BYTES = 2 << 5;
    private static final int TEXT = 3 << 5;
    private static final int ARRAY = 4 << 5;
    private static final int MAP = 5 << 5;
    /// The tag "expected conversion to base 64".
    private static final int BASE64 = 6 << 5 | 22;
    private static final int FALSE = 7 << 5 | 20;
    private static final int TRUE = 7 << 5 | 21;
    private static final int NULL = 7 << 5 | 22;
    private static final int HALF = 7 << 5 | 25;
    private static final int SINGLE = 7 << 5 | 26;
    private static final int DOUBLE = 7 << 5 | 27;
    private static final int ONE_BYTE = 24;
    private static final int EXPECTED = 2048;
    private final Schemas schemas;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(EXPECTED);

    /// @param schemas say which texts of built-in kinds are bytes
    CborWriter(Schemas schemas) {
        this.schemas = schemas;
    }

    /// What has been written.
    byte[] bytes() {
        return out.toByteArray();
    }

    /// The tag that encloses an object.
    CborWriter described() {
        out.writeBytes(Cbor.SELF_DESCRIBED);
        return this;
    }

    /// As [CborList#begin], behind the tag.
    CborWriter head(Struct head, String field, int size) {
        number(MAP, head.size() + 1L);
        fields(Shape.ANY, head);
        string(field);
        number(ARRAY, size);
        return this;
    }

    /// @throws IllegalArgumentException when it is no value of a tree
    CborWriter value(Shape shape, Object value) {
        switch (value) {
            case String s -> text(shape, s);
            case Struct s -> {
                number(MAP, s.size());
                fields(shape, s);
            }
            case Seq s -> {
                number(ARRAY, s.size());
                s.forEach(element -> value(shape.items(), element));
            }
            case Long l -> number(l < 0 ? NEGATIVE : UNSIGNED, l < 0 ? -1 - l : l);
            case Boolean b -> out.write(b ? TRUE : FALSE);
            case Double d -> decimal(d);
            case Null n -> out.write(NULL);
            default -> throw new IllegalArgumentException("not a tree value: " + value.getClass().getName());
        }
        return this;
    }

    /// A row of a Table, whose object the server has put there: it is what it says it is. Nothing else is believed,
    /// since a custom resource may hold what only looks like a Secret.
    CborWriter row(Struct row) {
        number(MAP, row.size());
        row.forEach((name, value) -> {
            string(name);
            value(name.equals("object") && value instanceof Struct object ? shape(object) : Shape.ANY, value);
        });
        return this;
    }

    /// The shape of an object of Kubernetes' own kinds, of any other that of any value.
    Shape shape(Struct object) {
        return schemas.shape(Gvk.of(object.text("apiVersion"), object.text("kind"))).orElse(Shape.ANY);
    }

    private void fields(Shape shape, Struct s) {
        for (int i = 0; i < s.size(); i++) {
            Shape child = shape.child(s.name(i));
            string(s.name(i));
            value(child == null ? Shape.ANY : child, s.value(i));
        }
    }

    /// The first byte of an item with its argument in as few bytes as it takes.
    private void number(int kind, long argument) {
        if (argument < ONE_BYTE) {
            out.write(kind | (int) argument);
            return;
        }
        int log = argument < 1 << 8 ? 0 : argument < 1 << 16 ? 1 : argument < 1L << 32 ? 2 : 3;
        out.write(kind | ONE_BYTE + log);
        raw(argument, 1 << log);
    }

    private void raw(long bits, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            out.write((int) (bits >>> shift));
        }
    }

    private void string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(TEXT, bytes.length);
        out.writeBytes(bytes);
    }

    /// Base 64 may hold line breaks, which Go passes over, too.
    private void text(Shape shape, String text) {
        if (shape.type() != Shape.Type.BYTES) {
            string(text);
            return;
        }
        byte[] bytes = Base64.getMimeDecoder().decode(text);
        out.write(BASE64);
        number(BYTES, bytes.length);
        out.writeBytes(bytes);
    }

    /// In the fewest bytes that keep the value.
    private void decimal(double number) {
        float single = (float) number;
        if (single != number) {
            out.write(DOUBLE);
            raw(Double.doubleToRawLongBits(number), Double.BYTES);
            return;
        }
        short half = Float.floatToFloat16(single);
        if (Float.float16ToFloat(half) == single) {
            out.write(HALF);
            raw(half, Short.BYTES);
        } else {
            out.write(SINGLE);
            raw(Float.floatToRawIntBits(single), Float.BYTES);
        }
    }
}

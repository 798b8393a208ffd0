package io.k3j.cbor;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Objects in CBOR. Any thread; nothing blocks.
public final class Cbor {
    /// How deep values may nest; upstream's bound.
    public static final int MAX_DEPTH = 64;
    /// The tag "self-described CBOR", which encloses each object.
    static final byte[] SELF_DESCRIBED = {(byte) 0xd9, (byte) 0xd9, (byte) 0xf7};
    private static final String ROWS = "rows";
    private static final int PAIR = 0xa2;
    private static final int TEXT = 0x60;
    private static final int LONGEST_TYPE = 23;
    private final Schemas schemas;

    /// @param schemas say which texts of built-in kinds are bytes
    public Cbor(Schemas schemas) {
        this.schemas = schemas;
    }

    /// Whether bytes are self-described CBOR. Neither JSON, YAML nor protobuf begins so.
    public static boolean described(byte[] bytes) {
        return bytes.length >= SELF_DESCRIBED.length && bytes[0] == SELF_DESCRIBED[0]
                && bytes[1] == SELF_DESCRIBED[1] && bytes[2] == SELF_DESCRIBED[2];
    }

    /// The one object in the bytes, with or without the tag. Byte strings become texts: those behind the tag 22 their
    /// base 64, all others as UTF-8.
    ///
    /// @throws MalformedInput when it is not one map whose names are strings, has a name twice, nests deeper than
    /// [#MAX_DEPTH], or holds what JSON cannot say: NaN, infinities, whole numbers beyond 64 bits, simple values but
    /// `true`, `false` and `null`; texts that are not UTF-8; byte strings behind the tags 21 and 23
    public static Struct object(byte[] bytes) {
        return map(CborReader.read(bytes, MAX_DEPTH));
    }

    /// What [#bytes] has written, however deep it nests.
    ///
    /// @throws MalformedInput as [#object], for what nothing here has written
    public static Struct written(byte[] bytes) {
        return map(CborReader.read(bytes, Json.MAX_DEPTH));
    }

    private static Struct map(Object value) {
        if (value instanceof Struct object) {
            return object;
        }
        throw new MalformedInput("cbor: a map is expected at the top");
    }

    /// An object. Texts that stand for bytes by the schema of a built-in kind are byte strings behind the tag 22, in
    /// the rows of a Table, too.
    public byte[] bytes(Struct object) {
        CborWriter writer = new CborWriter(schemas).described();
        if (!table(object)) {
            return writer.value(writer.shape(object), object).bytes();
        }
        writer.head(object.without(ROWS), ROWS, object.seq(ROWS).size());
        object.seq(ROWS).structs().forEach(writer::row);
        return writer.bytes();
    }

    private static boolean table(Struct object) {
        return object.text("kind").equals("Table") && object.text("apiVersion").startsWith("meta.k8s.io/");
    }

    /// One event of a watch.
    ///
    /// @param type `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` or `ERROR`
    /// @param object as [#bytes] makes it
    public static byte[] event(String type, byte[] object) {
        if (type.length() > LONGEST_TYPE) {
            throw new IllegalArgumentException("no type of an event: " + type);
        }
        ByteArrayOutputStream event = new ByteArrayOutputStream(object.length + 2 * LONGEST_TYPE);
        event.writeBytes(SELF_DESCRIBED);
        event.write(PAIR);
        text(event, "type");
        text(event, type);
        text(event, "object");
        event.writeBytes(object);
        return event.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String ascii) {
        out.write(TEXT | ascii.length());
        out.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    /// A list whose elements follow one by one.
    ///
    /// @param head all of its fields but the elements
    /// @param field that holds the elements, as `items`
    /// @param size how many there are
    public CborList list(Struct head, String field, int size) {
        CborWriter writer = new CborWriter(schemas);
        byte[] begin = writer.described().head(head, field, size).bytes();
        if (table(head)) {
            return new CborList(begin, row -> new CborWriter(schemas).row(row).bytes());
        }
        Field elements = writer.shape(head).field(field);
        Shape shape = elements == null ? Shape.ANY : elements.shape().items();
        return new CborList(begin, element -> new CborWriter(schemas).value(shape, element).bytes());
    }
}

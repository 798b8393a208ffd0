package io.k3j.cbor;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.k3j.codec.Json;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/// Writes trees. One writer, one item; lengths are told before what they count.
final class CborWriter {
    private static final int EXPECTED = 2048;
    private static final int POOLED_BUFFERS = 64;
    /// "Expected conversion to base64": clients in Go read such a byte string as bytes, and as base 64 where they want
    /// a text.
    private static final int BASE64 = 22;
    private static final CBORFactory FACTORY = CBORFactory.builder()
            .enable(CBORGenerator.Feature.LENIENT_UTF_ENCODING)
            .enable(CBORGenerator.Feature.WRITE_MINIMAL_DOUBLES)
            .recyclerPool(JsonRecyclerPools.newBoundedPool(POOLED_BUFFERS))
            .streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(Json.MAX_DEPTH).build())
            .build();
    private final CBORGenerator out;

    private CborWriter(CBORGenerator out) {
        this.out = out;
    }

    private interface Content {
        void to(CborWriter writer) throws IOException;
    }

    static byte[] bytes(Shape shape, Struct object) {
        return made(Cbor.SELF_DESCRIBED, writer -> writer.value(shape, object));
    }

    static byte[] element(Shape shape, Struct object) {
        return made(new byte[0], writer -> writer.value(shape, object));
    }

    /// As [CborList#begin].
    static byte[] head(Struct head, String field, int size) {
        return made(Cbor.SELF_DESCRIBED, writer -> {
            writer.out.writeStartObject(null, head.size() + 1);
            writer.fields(Shape.ANY, head);
            writer.out.writeFieldName(field);
            writer.out.writeStartArray(null, size);
        });
    }

    private static byte[] made(byte[] before, Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(EXPECTED);
        bytes.writeBytes(before);
        try (CBORGenerator out = FACTORY.createGenerator(bytes)) {
            out.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
            content.to(new CborWriter(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void value(Shape shape, Object value) throws IOException {
        switch (value) {
            case String s -> text(shape, s);
            case Struct s -> {
                out.writeStartObject(null, s.size());
                fields(shape, s);
                out.writeEndObject();
            }
            case Seq s -> {
                out.writeStartArray(null, s.size());
                for (Object element : s) {
                    value(shape.items(), element);
                }
                out.writeEndArray();
            }
            case Long l -> out.writeNumber(l);
            case Boolean b -> out.writeBoolean(b);
            case Double d -> out.writeNumber(d);
            case Null n -> out.writeNull();
            default -> throw new IllegalArgumentException("not a tree value: " + value.getClass().getName());
        }
    }

    private void fields(Shape shape, Struct s) throws IOException {
        for (int i = 0; i < s.size(); i++) {
            Shape child = shape.child(s.name(i));
            out.writeFieldName(s.name(i));
            value(child == null ? Shape.ANY : child, s.value(i));
        }
    }

    /// Base 64 may hold line breaks, which Go passes over, too.
    private void text(Shape shape, String text) throws IOException {
        if (shape.type() == Shape.Type.BYTES) {
            out.writeTag(BASE64);
            out.writeBinary(Base64.getMimeDecoder().decode(text));
        } else {
            out.writeString(text);
        }
    }
}

package io.k3j.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import io.k3j.model.Gvk;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Decoding;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.testkit.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every kind goes to Jackson's CBOR and comes from it unchanged.
class ForeignCborTest {
    private static final CBORFactory FACTORY = CBORFactory.builder()
            .enable(CBORGenerator.Feature.WRITE_MINIMAL_DOUBLES).build();
    private static final int LONG_TEXT = 10_000;
    private final Schemas schemas = new Schemas();
    private final Cbor cbor = new Cbor(schemas);

    @Test
    void everyKindIsUnderstoodOnBothSides() throws IOException {
        for (Gvk kind : schemas.kinds()) {
            Shape shape = schemas.shape(kind).orElseThrow();
            if (shape.field("kind") != null) {
                understood(Decoding.decode(shape, Samples.of(kind, shape)).object());
            }
        }
    }

    @Test
    void valuesOfEachSizeAreUnderstoodOnBothSides() throws IOException {
        List<Object> values = new ArrayList<>(
                List.of("", "\u00fc\u20ac\uD83D\uDE00", 0.1, 1e300, -1.5, 65_504.0, 5e-8));
        for (int bits = 0; bits < 64; bits++) {
            values.add((1L << bits) - 1);
            values.add(-(1L << bits));
        }
        for (int length : new int[] {23, 24, 255, 256, 3_995, LONG_TEXT, 70_000}) {
            values.add("x".repeat(length - 1) + "\uD83D\uDE00");
            values.add(Seq.copyOf(Collections.nCopies(length, 1L)));
        }
        understood(Struct.of("v", Seq.copyOf(values)));
    }

    private void understood(Struct object) throws IOException {
        ByteArrayOutputStream theirs = new ByteArrayOutputStream();
        try (CBORGenerator out = FACTORY.createGenerator(theirs)) {
            write(object, out);
        }
        String kind = object.text("apiVersion") + " " + object.text("kind");
        assertThat(Cbor.object(theirs.toByteArray()).equals(object)).as(kind).isTrue();
        try (CBORParser in = FACTORY.createParser(cbor.bytes(object))) {
            assertThat(read(in, in.nextToken()).equals(object)).as(kind).isTrue();
        }
    }

    private static void write(Object value, CBORGenerator out) throws IOException {
        switch (value) {
            case Struct s -> {
                out.writeStartObject();
                for (int i = 0; i < s.size(); i++) {
                    out.writeFieldName(s.name(i));
                    write(s.value(i), out);
                }
                out.writeEndObject();
            }
            case Seq s -> {
                out.writeStartArray();
                for (Object element : s) {
                    write(element, out);
                }
                out.writeEndArray();
            }
            case String s -> out.writeString(s);
            case Long l -> out.writeNumber(l);
            case Double d -> out.writeNumber(d);
            case Boolean b -> out.writeBoolean(b);
            default -> out.writeNull();
        }
    }

    private static Object read(CBORParser in, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> {
                Struct.Builder b = Struct.builder();
                for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
                    b.put(name, read(in, in.nextToken()));
                }
                yield b.build();
            }
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                for (JsonToken t = in.nextToken(); t != JsonToken.END_ARRAY; t = in.nextToken()) {
                    elements.add(read(in, t));
                }
                yield Seq.copyOf(elements);
            }
            case VALUE_STRING -> in.getText();
            case VALUE_NUMBER_INT -> in.getLongValue();
            case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
            case VALUE_EMBEDDED_OBJECT -> Base64.getEncoder().encodeToString(in.getBinaryValue());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> Null.NULL;
        };
    }
}

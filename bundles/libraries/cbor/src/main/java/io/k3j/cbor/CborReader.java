package io.k3j.cbor;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.dataformat.cbor.CBORConstants;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads one data item. One reader, one text. The tokens are Jackson's, which also bounds depth; what upstream refuses
/// and Jackson would take is refused here.
final class CborReader {
    private static final int POOLED_BUFFERS = 64;
    private static final int LONGEST_NAME = 1 << 20;
    /// How much of a name is repeated in an answer.
    private static final int TOLD_NAME = 100;
    /// Tags of byte strings that stand for a text: "expected conversion".
    private static final int BASE64_URL = 21;
    private static final int BASE64 = 22;
    private static final int BASE16 = 23;
    private static final CBORFactory FACTORY = CBORFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(CBORParser.Feature.READ_SIMPLE_VALUE_AS_EMBEDDED_OBJECT)
            .enable(CBORParser.Feature.READ_UNDEFINED_AS_EMBEDDED_OBJECT)
            .recyclerPool(JsonRecyclerPools.newBoundedPool(POOLED_BUFFERS))
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(Cbor.MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE).maxNameLength(LONGEST_NAME).build())
            .build();
    private final CBORParser parser;

    private CborReader(CBORParser parser) {
        this.parser = parser;
    }

    /// The value in the bytes.
    /// @throws MalformedInput when it is not one value of a tree
    static Object read(byte[] bytes) {
        try (CBORParser parser = FACTORY.createParser(bytes)) {
            Object value = new CborReader(parser).value(parser.nextToken());
            if (parser.nextToken() != null) {
                throw new MalformedInput("cbor: extraneous data after the top-level item");
            }
            return value;
        } catch (StreamConstraintsException e) {
            throw new MalformedInput("cbor: exceeded max nested level " + Cbor.MAX_DEPTH + ", or a name is too long");
        } catch (JacksonException e) {
            throw new MalformedInput("cbor: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new MalformedInput("cbor: " + e.getMessage());
        }
    }

    private Object value(@Nullable JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> {
                refuseReferences();
                yield struct();
            }
            case START_ARRAY -> {
                refuseReferences();
                yield seq();
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> whole();
            case VALUE_NUMBER_FLOAT -> decimal();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> Null.NULL;
            case VALUE_EMBEDDED_OBJECT -> embedded();
            case null, default -> throw new MalformedInput("cbor: unexpected end of data");
        };
    }

    /// Jackson would put a text in place of each number behind the tag 25, so that a short body stood for a long one.
    private void refuseReferences() {
        if (parser.getCurrentTags().contains(CBORConstants.TAG_ID_STRINGREF_NAMESPACE)) {
            throw new MalformedInput("cbor: references to strings are not recognized");
        }
    }

    /// A map with a name twice is no valid CBOR, so that it is refused where JSON would warn.
    private Struct struct() throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            if (fields.putIfAbsent(name, value(parser.nextToken())) != null) {
                throw new MalformedInput("cbor: found duplicate map key \""
                        + (name.length() > TOLD_NAME ? name.substring(0, TOLD_NAME) + "…" : name) + "\"");
            }
        }
        return Struct.owning(fields.keySet().toArray(String[]::new), fields.values().toArray());
    }

    private Seq seq() throws IOException {
        List<Object> elements = new ArrayList<>();
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            elements.add(value(t));
        }
        return Seq.owning(elements.toArray());
    }

    private Long whole() throws IOException {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new MalformedInput("cbor: a whole number overflows Go's int64");
        }
        return parser.getLongValue();
    }

    private Double decimal() throws IOException {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_DECIMAL || !Double.isFinite(parser.getDoubleValue())) {
            throw new MalformedInput("cbor: floating-point NaN and infinities are disallowed, decimal fractions, too");
        }
        return parser.getDoubleValue();
    }

    private String embedded() throws IOException {
        if (!(parser.getEmbeddedObject() instanceof byte[] bytes)) {
            throw new MalformedInput("cbor: simple values other than true, false and null are not recognized");
        }
        return switch (parser.getCurrentTag()) {
            case BASE64_URL -> Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            case BASE64 -> Base64.getEncoder().encodeToString(bytes);
            case BASE16 -> HexFormat.of().withUpperCase().formatHex(bytes);
            default -> text(bytes);
        };
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedInput("cbor: a byte string that stands for a text is not UTF-8");
        }
    }
}

package io.k3j.codec;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.FieldPaths;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads one JSON value. Fields and elements under way stand on two stacks, so an object costs exactly
/// its two arrays. One reader, one text.
final class JsonReader {
    /// Buffers kept for the next readers; more are made when needed and forgotten.
    private static final int POOLED_BUFFERS = 64;
    /// Above this many fields duplicates are looked up in a map.
    private static final int SCANNED_FIELDS = 24;
    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);
    /// Field names are shared through the factory's table; its pool is bounded and knows no thread.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.newBoundedPool(POOLED_BUFFERS))
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(Json.MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE).maxNameLength(1 << 20).build())
            .build();

    private final JsonParser parser;
    private String[] names = new String[24];
    private Object[] values = new Object[24];
    private int top;
    private final FieldPaths duplicates = new FieldPaths();

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /// The value and the paths of fields given twice.
    record Read(Object value, List<String> duplicates) {
    }

    /// A parser with the bounds of all JSON that is read here.
    static JsonParser parser(byte[] json) throws IOException {
        return FACTORY.createParser(json);
    }

    static Read read(byte[] bytes, int offset, int length) {
        if (length == 0) {
            throw new MalformedInput("unexpected end of JSON input");
        }
        if (length > 1 && (bytes[offset] == 0 || bytes[offset + 1] == 0)) {
            throw new MalformedInput("invalid JSON: not UTF-8");
        }
        try (JsonParser parser = FACTORY.createParser(bytes, offset, length)) {
            JsonReader reader = new JsonReader(parser);
            Object value = reader.value(parser.nextToken());
            if (parser.nextToken() != null) {
                throw new MalformedInput("invalid JSON: more text after the top-level value");
            }
            return new Read(value, reader.duplicates.list());
        } catch (JsonEOFException e) {
            throw new MalformedInput("unexpected end of JSON input");
        } catch (JacksonException e) {
            throw new MalformedInput("invalid JSON: " + told(e.getOriginalMessage()) + where(e));
        } catch (IOException e) {
            throw new MalformedInput("invalid JSON: " + e.getMessage());
        }
    }

    /// `apiVersion`, `kind` and `metadata` of a stored object without `managedFields`; what follows is not read.
    static Struct head(byte[] stored) {
        try (JsonParser parser = FACTORY.createParser(stored)) {
            JsonReader reader = new JsonReader(parser);
            parser.nextToken();
            Struct.Builder head = Struct.builder();
            boolean more = true;
            for (String name = parser.nextFieldName(); name != null && more; name = more ? parser.nextFieldName()
                    : null) {
                more = !name.equals("metadata");
                head.put(name, more ? reader.value(parser.nextToken()) : reader.metadata());
            }
            return head.build();
        } catch (IOException e) {
            throw new MalformedInput("invalid JSON: " + e.getMessage());
        }
    }

    private Struct metadata() throws IOException {
        parser.nextToken();
        Struct.Builder metadata = Struct.builder();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            if (name.equals("managedFields")) {
                parser.skipChildren();
            } else {
                metadata.put(name, value(token));
            }
        }
        return metadata.build();
    }

    /// Without the places Jackson puts into its sentences: they name our own input and say nothing.
    private static String told(String message) {
        int place = message.indexOf(" (start marker at");
        int source = message.indexOf("[Source:");
        int end = place >= 0 ? place : source >= 0 ? source : message.length();
        return message.substring(0, end).strip();
    }

    private static String where(JacksonException e) {
        return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ", column "
                + e.getLocation().getColumnNr() + ")";
    }

    private Object value(JsonToken token) throws IOException {
        return switch (token) {
            case null -> throw new MalformedInput("unexpected end of JSON input");
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> whole();
            case VALUE_NUMBER_FLOAT -> fraction();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> Null.NULL;
            default -> throw new MalformedInput("invalid JSON: unexpected " + token);
        };
    }

    private Object whole() throws IOException {
        if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        BigInteger big = parser.getBigIntegerValue();
        return big.compareTo(LONG_MIN) >= 0 && big.compareTo(LONG_MAX) <= 0 ? (Object) big.longValue() : fraction();
    }

    private Double fraction() throws IOException {
        double d = parser.getDoubleValue();
        if (Double.isInfinite(d)) {
            throw new MalformedInput("invalid JSON: number out of range: " + parser.getText());
        }
        return d;
    }

    private Struct object() throws IOException {
        int base = top;
        Map<String, Integer> seen = null;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            if (top - base >= SCANNED_FIELDS && seen == null) {
                seen = index(base);
            }
            int at = seen == null ? scan(base, name) : seen.getOrDefault(name, -1);
            if (at >= 0) {
                if (!duplicates.full()) {
                    duplicates.add(path());
                }
                put(at, value(parser.nextToken()));
                continue;
            }
            int slot = push(name);
            if (seen != null) {
                seen.put(name, slot);
            }
            put(slot, value(parser.nextToken()));
        }
        Struct made = Struct.owning(Arrays.copyOfRange(names, base, top), Arrays.copyOfRange(values, base, top));
        top = base;
        return made;
    }

    private Map<String, Integer> index(int base) {
        Map<String, Integer> map = new HashMap<>();
        for (int i = base; i < top; i++) {
            map.put(names[i], i);
        }
        return map;
    }

    private int scan(int base, String name) {
        for (int i = base; i < top; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private Seq array() throws IOException {
        int base = top;
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            int slot = push("");
            put(slot, value(t));
        }
        Seq made = Seq.owning(Arrays.copyOfRange(values, base, top));
        top = base;
        return made;
    }

    /// A method of its own: reading the value may have replaced the stack.
    private void put(int slot, Object value) {
        values[slot] = value;
    }

    private int push(String name) {
        if (top == names.length) {
            names = Arrays.copyOf(names, top * 2);
            values = Arrays.copyOf(values, top * 2);
        }
        names[top] = name;
        return top++;
    }

    private String path() {
        Deque<JsonStreamContext> outerFirst = new ArrayDeque<>();
        for (JsonStreamContext c = parser.getParsingContext(); !c.inRoot(); c = c.getParent()) {
            outerFirst.push(c);
        }
        String path = "";
        for (JsonStreamContext c : outerFirst) {
            path = FieldPaths.longer(path, !c.inObject() ? "[" + c.getCurrentIndex() + "]"
                    : path.isEmpty() ? c.getCurrentName() : "." + c.getCurrentName());
        }
        return path;
    }
}

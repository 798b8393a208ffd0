package io.k3j.codec;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.k3j.model.FieldMask;
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
///
/// The tokens are Jackson's, which also bounds depth; duplicate fields are found here, because their paths are to be
/// told. What Go refuses and Jackson would take is refused here: a second value behind the first one, and numbers that
/// no double holds.
final class JsonReader {
    /// Buffers kept for the next readers; more are made when needed and forgotten.
    private static final int POOLED_BUFFERS = 64;
    /// Above this many fields duplicates are looked up in a map.
    private static final int SCANNED_FIELDS = 24;
    /// Whole numbers beyond 64 bits become doubles.
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
    /// The names of fields under way; of list elements the place is unused.
    private String[] names = new String[24];
    /// The values under way, side by side with the names.
    private Object[] values = new Object[24];
    /// How many places of both are in use.
    private int top;
    /// Paths of fields given twice; no more and no longer than a client reads.
    private final FieldPaths duplicates = new FieldPaths();

    /// @param parser closed by whoever made it
    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /// The value and the paths of fields given twice.
    /// @param value as [Json] says
    /// @param duplicates in the order of the text
    record Read(Object value, List<String> duplicates) {
    }

    /// A parser with the bounds of all JSON that is read here. The caller closes it.
    static JsonParser parser(byte[] json) throws IOException {
        return FACTORY.createParser(json);
    }

    /// All of it, as below.
    static Read read(byte[] bytes, int offset, int length) {
        return read(bytes, offset, length, FieldMask.ALL);
    }

    /// With a zero among the first two bytes Jackson takes the text for UTF-16 or UTF-32; Kubernetes takes UTF-8 only.
    /// @param fields what becomes a tree; the rest is gone past token by token
    /// @throws MalformedInput when it is not one JSON value
    static Read read(byte[] bytes, int offset, int length, FieldMask fields) {
        if (length == 0) {
            throw new MalformedInput("unexpected end of JSON input");
        }
        if (length > 1 && (bytes[offset] == 0 || bytes[offset + 1] == 0)) {
            throw new MalformedInput("invalid JSON: not UTF-8");
        }
        try (JsonParser parser = FACTORY.createParser(bytes, offset, length)) {
            JsonReader reader = new JsonReader(parser);
            Object value = reader.value(parser.nextToken(), fields);
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
    /// @throws MalformedInput when what is read, up to the end of metadata, is not JSON
    static Struct head(byte[] stored) {
        try (JsonParser parser = FACTORY.createParser(stored)) {
            JsonReader reader = new JsonReader(parser);
            parser.nextToken();
            Struct.Builder head = Struct.builder();
            boolean more = true;
            for (String name = parser.nextFieldName(); name != null && more; name = more ? parser.nextFieldName()
                    : null) {
                more = !name.equals("metadata");
                head.put(name, more ? reader.value(parser.nextToken(), FieldMask.ALL) : reader.metadata());
            }
            return head.build();
        } catch (IOException e) {
            throw new MalformedInput("invalid JSON: " + e.getMessage());
        }
    }

    /// `managedFields` are gone past token by token, without making anything of them.
    private Struct metadata() throws IOException {
        parser.nextToken();
        Struct.Builder metadata = Struct.builder();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            if (name.equals("managedFields")) {
                parser.skipChildren();
            } else {
                metadata.put(name, value(token, FieldMask.ALL));
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

    /// Where the parser stood, as a client counts lines and columns: from 1.
    private static String where(JacksonException e) {
        return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ", column "
                + e.getLocation().getColumnNr() + ")";
    }

    /// Recursion ends where the parser does: it refuses more than [Json#MAX_DEPTH].
    private Object value(JsonToken token, FieldMask fields) throws IOException {
        return switch (token) {
            case null -> throw new MalformedInput("unexpected end of JSON input");
            case START_OBJECT -> object(fields);
            case START_ARRAY -> array(fields);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> whole();
            case VALUE_NUMBER_FLOAT -> fraction();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> Null.NULL;
            default -> throw new MalformedInput("invalid JSON: unexpected " + token);
        };
    }

    /// A whole number of 64 bits, else the double nearest to it, as Go's `interface{}` of Kubernetes' JSON library has
    /// it.
    private Object whole() throws IOException {
        if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        BigInteger big = parser.getBigIntegerValue();
        return big.compareTo(LONG_MIN) >= 0 && big.compareTo(LONG_MAX) <= 0 ? (Object) big.longValue() : fraction();
    }

    /// @throws MalformedInput when it is beyond what a double holds
    private Double fraction() throws IOException {
        double d = parser.getDoubleValue();
        if (Double.isInfinite(d)) {
            throw new MalformedInput("invalid JSON: number out of range: " + parser.getText());
        }
        return d;
    }

    /// Of a field given twice the last value takes the place of the first. Few fields are compared one by one, many are
    /// looked up, so that an object of a million names does not take a million times a million steps.
    private Struct object(FieldMask fields) throws IOException {
        int base = top;
        Map<String, Integer> seen = null;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            FieldMask its = fields.at(name);
            if (its == null) {
                parser.nextToken();
                parser.skipChildren();
                continue;
            }
            if (top - base >= SCANNED_FIELDS && seen == null) {
                seen = index(base);
            }
            int at = seen == null ? scan(base, name) : seen.getOrDefault(name, -1);
            if (at >= 0) {
                if (!duplicates.full()) {
                    duplicates.add(path());
                }
                put(at, value(parser.nextToken(), its));
                continue;
            }
            int slot = push(name);
            if (seen != null) {
                seen.put(name, slot);
            }
            put(slot, value(parser.nextToken(), its));
        }
        Struct made = Struct.owning(Arrays.copyOfRange(names, base, top), Arrays.copyOfRange(values, base, top));
        top = base;
        return made;
    }

    /// Where the fields of the object under way stand that begins at `base`.
    private Map<String, Integer> index(int base) {
        Map<String, Integer> map = new HashMap<>();
        for (int i = base; i < top; i++) {
            map.put(names[i], i);
        }
        return map;
    }

    /// The same without a map; -1 when the name is new.
    private int scan(int base, String name) {
        for (int i = base; i < top; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /// Elements stand on the same stack as fields, without names.
    private Seq array(FieldMask fields) throws IOException {
        int base = top;
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            int slot = push("");
            put(slot, value(t, fields));
        }
        Seq made = Seq.owning(Arrays.copyOfRange(values, base, top));
        top = base;
        return made;
    }

    /// A method of its own: reading the value may have replaced the stack.
    private void put(int slot, Object value) {
        values[slot] = value;
    }

    /// Takes a place for a name, which grows both stacks together.
    private int push(String name) {
        if (top == names.length) {
            names = Arrays.copyOf(names, top * 2);
            values = Arrays.copyOf(values, top * 2);
        }
        names[top] = name;
        return top++;
    }

    /// The path of the field the parser is at, as `spec.containers[0].image`.
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

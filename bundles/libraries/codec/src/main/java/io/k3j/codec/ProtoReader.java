package io.k3j.codec;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.protobufwire.WireIn;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Messages to trees, exactly as they lie there: dropping what says nothing is `Decoding`'s.
///
/// One reader, one message. Fields may come in any order and more than once: of a scalar the last counts, lists and
/// maps collect. Unknown fields are skipped, as a server does with what a newer client sends.
final class ProtoReader {
    /// Deeper than any type nests; a JSON schema of a CRD may refer to itself.
    private static final int MAX_DEPTH = 500;
    /// More than any object has that is stored. Two bytes become an object with all fields that Go always writes.
    private static final int MOST_MESSAGES = 500_000;
    /// `metav1.Time` in JSON: seconds, in UTC.
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'")
            .withZone(ZoneOffset.UTC);
    /// `metav1.MicroTime` in JSON: always six digits.
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
            .withZone(ZoneOffset.UTC);
    private final Function<Shape, MessageLayout> plans;
    /// What decodes an object of another kind within this one (`RawExtension`).
    private final Embedded embedded;
    /// How many messages of objects are being read inside each other, those around this reader's among them.
    private int depth;
    private int messages;

    /// What decodes an object of another kind within this one.
    interface Embedded {
        /// The object whose envelope is all of `wire`; empty when it is no envelope, and nothing was read then.
        /// @param depth how many messages lie around it: an envelope is no way past the bound
        Optional<Struct> object(WireIn wire, int depth);
    }

    /// @param plans the layout of a shape's message
    /// @param embedded what an object in its own envelope inside another one is
    /// @param depth how many messages lie around the one to be read
    ProtoReader(Function<Shape, MessageLayout> plans, Embedded embedded, int depth) {
        this.plans = plans;
        this.embedded = embedded;
        this.depth = depth;
    }

    /// The object of which `wire` holds the message; in the order of the shape, not of the bytes.
    /// @throws MalformedInput when it nests too deep
    /// @throws io.k3j.protobufwire.MalformedMessage when the bytes are damaged
    Struct object(Shape shape, WireIn wire) {
        if (++depth > MAX_DEPTH || ++messages > MOST_MESSAGES) {
            throw new MalformedInput("invalid protobuf: more than " + (depth > MAX_DEPTH
                    ? MAX_DEPTH + " messages inside each other" : MOST_MESSAGES + " messages in one object"));
        }
        MessageLayout plan = plans.apply(shape);
        @Nullable
        Object[] slots = new @Nullable Object[plan.fields.size()];
        fill(plan, wire, slots);
        depth--;
        return struct(plan, slots);
    }

    /// The slots that are filled, as an object of exactly their number.
    private static Struct struct(MessageLayout plan, @Nullable Object[] slots) {
        int n = 0;
        for (Object v : slots) {
            n += v == null ? 0 : 1;
        }
        String[] names = new String[n];
        Object[] values = new Object[n];
        for (int i = slots.length - 1; i >= 0; i--) {
            Object v = slots[i];
            if (v != null) {
                names[--n] = plan.fields.get(i).name();
                values[n] = finished(v);
            }
        }
        return Struct.owning(names, values);
    }

    /// Lists and maps are collected in mutable form. What was collected, as it stands in a tree.
    /// @param v a value, or a list or map under way
    private static Object finished(Object v) {
        return switch (v) {
            case List<?> list -> Seq.owning(list.toArray());
            case Struct.Builder b -> b.build();
            default -> v;
        };
    }

    /// @param slots the values of the JSON object so far, by the layout's slots; messages that Go embeds fill the same
    private void fill(MessageLayout plan, WireIn wire, @Nullable Object[] slots) {
        for (int number = wire.next(); number != 0; number = wire.next()) {
            MessageLayout.Entry e = plan.find(number);
            if (e == null) {
                wire.skip();
            } else if (e.embedded() != null) {
                fill(e.embedded(), wire.message(), slots);
            } else {
                slots[e.slot()] = field(Objects.requireNonNull(e.field()), slots[e.slot()], wire);
            }
        }
    }

    /// The value of a field with what came of it before.
    /// @param before null, or the list or map it has begun
    @SuppressWarnings("unchecked")
    private Object field(Field f, @Nullable Object before, WireIn wire) {
        Shape shape = f.shape();
        return switch (shape.type()) {
            case LIST -> {
                if (shape.wrapped()) {
                    yield wrapped(shape, wire);
                }
                List<Object> list = before == null ? new ArrayList<>() : (List<Object>) before;
                list.add(value(shape.items(), wire));
                yield list;
            }
            case MAP ->
                entry(shape.items(), before == null ? Struct.builder() : (Struct.Builder) before, wire.message());
            default -> value(shape, wire);
        };
    }

    /// A list in a message of its own, as Go's named slices have it (`ExtraValue`, `Verbs`).
    private Seq wrapped(Shape shape, WireIn wire) {
        List<Object> list = new ArrayList<>();
        WireIn inner = wire.message();
        for (int n = inner.next(); n != 0; n = inner.next()) {
            if (n == 1) {
                list.add(value(shape.items(), inner));
            } else {
                inner.skip();
            }
        }
        return Seq.copyOf(list);
    }

    /// One entry of a map: a message with key and value. An entry without a value has its type's zero.
    private Struct.Builder entry(Shape items, Struct.Builder map, WireIn wire) {
        String key = "";
        Object value = null;
        for (int n = wire.next(); n != 0; n = wire.next()) {
            switch (n) {
                case 1 -> key = wire.text();
                case 2 -> value = items.type() == Shape.Type.LIST ? wrapped(items, wire) : value(items, wire);
                default -> wire.skip();
            }
        }
        return map.put(key, value == null ? missing(items) : value);
    }

    /// What protobuf leaves out when it is zero.
    private static Object missing(Shape items) {
        return switch (items.type()) {
            case STRING, BYTES -> "";
            case QUANTITY -> "0";
            case OBJECT -> Struct.EMPTY;
            case LIST -> Seq.EMPTY;
            default -> Null.NULL;
        };
    }

    /// @throws io.k3j.protobufwire.MalformedMessage when the field has another wire type than its shape
    private Object value(Shape shape, WireIn wire) {
        return switch (shape.type()) {
            case STRING -> wire.text();
            case DURATION -> duration(wire.message());
            case INT32 -> (long) (int) wire.number();
            case INT64 -> wire.number();
            case BOOLEAN -> wire.number() != 0;
            case NUMBER -> wire.decimal();
            case BYTES -> Base64.getEncoder().encodeToString(wire.raw());
            case OBJECT -> object(shape, wire.message());
            case QUANTITY -> quantity(wire.message());
            case TIME -> time(wire.message(), SECONDS);
            case MICRO_TIME -> time(wire.message(), MICROS);
            case INT_OR_STRING -> intOrString(wire.message());
            case FIELDS -> raw(wire.message());
            case ANY ->
                shape.definition().contains("SchemaPropsOr") ? schema(shape, wire.message()) : raw(wire.message());
            case LIST, MAP -> throw new IllegalStateException("a list inside a list has no protobuf form");
        };
    }

    /// `resource.Quantity` has its text in field 1.
    private static String quantity(WireIn wire) {
        String text = "0";
        for (int n = wire.next(); n != 0; n = wire.next()) {
            if (n == 1) {
                text = wire.text();
            } else {
                wire.skip();
            }
        }
        return text;
    }

    /// `metav1.Duration` has its nanoseconds in field 1.
    private static String duration(WireIn wire) {
        long nanos = 0;
        for (int n = wire.next(); n != 0; n = wire.next()) {
            if (n == 1) {
                nanos = wire.number();
            } else {
                wire.skip();
            }
        }
        return DurationText.text(nanos);
    }

    /// An empty message is the time that was never set. The same message serves `metav1.Time` and `metav1.MicroTime`;
    /// years beyond 1 to 9999 have no RFC 3339 form.
    private static Object time(WireIn wire, DateTimeFormatter form) {
        long seconds = 0;
        long nanos = 0;
        boolean set = false;
        for (int n = wire.next(); n != 0; n = wire.next()) {
            set = true;
            switch (n) {
                case 1 -> seconds = wire.number();
                case 2 -> nanos = wire.number();
                default -> wire.skip();
            }
        }
        if (!set) {
            return Null.NULL;
        }
        if (seconds < -62_135_596_800L || seconds > 253_402_300_799L || nanos < 0 || nanos > 999_999_999) {
            throw wire.damaged("time");
        }
        return form.format(Instant.ofEpochSecond(seconds, nanos));
    }

    /// `intstr.IntOrString`: type, number, text.
    private static Object intOrString(WireIn wire) {
        boolean text = false;
        long number = 0;
        String string = "";
        for (int n = wire.next(); n != 0; n = wire.next()) {
            switch (n) {
                case 1 -> text = wire.number() == 1;
                case 2 -> number = (int) wire.number();
                case 3 -> string = wire.text();
                default -> wire.skip();
            }
        }
        return text ? string : (Object) number;
    }

    /// JSON in a message of its own, or a whole object in its envelope. An empty one is null, as `RawExtension` writes
    /// itself in JSON.
    private Object raw(WireIn wire) {
        WireIn raw = new WireIn(new byte[0]);
        for (int n = wire.next(); n != 0; n = wire.next()) {
            if (n == 1) {
                raw = wire.message();
            } else {
                wire.skip();
            }
        }
        if (raw.ended()) {
            return Null.NULL;
        }
        Optional<Struct> object = embedded.object(raw, depth);
        return object.isPresent() ? object.get() : Json.value(raw.rest());
    }

    /// `JSONSchemaPropsOr…` of a CRD: a schema, or a flag, or a list of schemas or names. JSON has the one that is set.
    private Object schema(Shape shape, WireIn wire) {
        List<Object> list = new ArrayList<>();
        Object schema = null;
        boolean flag = false;
        boolean isFlag = shape.definition().endsWith("Bool");
        for (int n = wire.next(); n != 0; n = wire.next()) {
            if (isFlag && n == 1) {
                flag = wire.number() != 0;
            } else if (n == (isFlag ? 2 : 1)) {
                schema = object(shape.items(), wire.message());
            } else if (n == 2) {
                list.add(shape.definition().endsWith("Array") && !shape.definition().endsWith("StringArray")
                        ? object(shape.items(), wire.message()) : wire.text());
            } else {
                wire.skip();
            }
        }
        return schema != null ? schema : isFlag ? (Object) flag : Seq.copyOf(list);
    }
}

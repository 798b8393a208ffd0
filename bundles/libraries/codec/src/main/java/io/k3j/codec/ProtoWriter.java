package io.k3j.codec;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.protobufwire.WireOut;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.function.Function;

/// Trees to messages. Everything is written backwards.
///
/// How a [Shape] stands there, as the `.proto` files of Kubernetes have it:
/// - `STRING`: a text; `DURATION`: a message with the nanoseconds; `NUMBER`: a `double`;
/// - `BYTES`: bytes, which are base 64 in the tree;
/// - `INT32`, `INT64`, `BOOLEAN`: a varint, of ten bytes when it is below zero;
/// - `OBJECT`: a message; a type that Go embeds is a message within, although JSON has its fields side by side;
/// - `LIST`: a field per element, or one message with the elements in its field 1 (a *wrapped* list);
/// - `MAP`: a field per entry, each a message with the key in 1 and the value in 2;
/// - `QUANTITY`: a message with its text in 1; `TIME`, `MICRO_TIME`: seconds in 1, nanoseconds in 2;
/// - `INT_OR_STRING`: which of both in 1 (1 is the text), the number in 2, the text in 3;
/// - `FIELDS`, `ANY`: a message with JSON in 1; those of a JSON schema (`JSONSchemaPropsOr…`) have forms of their own.
///
/// The bytes are those of Go's generated marshalling: fields by number, keys of maps sorted, and zeros where the
/// decoded tree has them (see `Field.Emission` of `schema`). Trees are as [io.k3j.schema.Decoding] makes them; values
/// of other types fail with `ClassCastException`, texts that are no times with `DateTimeParseException`. One writer,
/// one message.
final class ProtoWriter {
    /// [Protobuf] keeps them.
    private final Function<Shape, MessageLayout> plans;
    private final WireOut out;

    /// @param out may hold what follows the message
    ProtoWriter(Function<Shape, MessageLayout> plans, WireOut out) {
        this.plans = plans;
        this.out = out;
    }

    /// What is in the object's message; its head is the caller's.
    void object(Shape shape, Struct object) {
        plan(plans.apply(shape), object);
    }

    /// The fields of a message from the last to the first, embedded messages even when they are empty.
    private void plan(MessageLayout plan, Struct object) {
        for (int i = plan.entries.size() - 1; i >= 0; i--) {
            MessageLayout.Entry e = plan.entries.get(i);
            if (e.embedded() != null) {
                int mark = out.mark();
                plan(e.embedded(), object);
                out.message(e.number(), mark);
            } else {
                Field f = Objects.requireNonNull(e.field());
                Object v = object.get(f.name());
                if (v != null && v != Null.NULL) {
                    field(e.number(), f.shape(), v);
                }
            }
        }
    }

    /// A field with its tag: several of the same number for a list or a map.
    void field(int number, Shape shape, Object v) {
        if (shape.type() == Shape.Type.LIST && v instanceof Seq list) {
            list(number, shape, list);
        } else if (shape.type() == Shape.Type.MAP && v instanceof Struct map) {
            map(number, shape.items(), map);
        } else {
            value(number, shape, v);
        }
    }

    /// @param shape of the list; a wrapped one lies in a message of its own
    private void list(int number, Shape shape, Seq list) {
        int mark = out.mark();
        int inner = shape.wrapped() ? 1 : number;
        for (int i = list.size() - 1; i >= 0; i--) {
            value(inner, shape.items(), list.get(i));
        }
        if (shape.wrapped()) {
            out.message(number, mark);
        }
    }

    /// Entries sorted by key, as Go writes them. [ProtoTranscoder] has to come to the same order.
    private void map(int number, Shape items, Struct map) {
        String[] keys = map.names().toArray(String[]::new);
        Arrays.sort(keys);
        for (int i = keys.length - 1; i >= 0; i--) {
            int mark = out.mark();
            Object v = Objects.requireNonNull(map.get(keys[i]));
            if (v != Null.NULL) {
                field(2, items, v);
            }
            out.text(1, keys[i]);
            out.message(number, mark);
        }
    }

    /// One value with a tag. Base 64 may hold line breaks, which Go passes over, too.
    private void value(int number, Shape shape, Object v) {
        switch (shape.type()) {
            case STRING -> out.text(number, (String) v);
            case INT32, INT64 -> out.number(number, (Long) v);
            case BOOLEAN -> out.number(number, (Boolean) v ? 1 : 0);
            case NUMBER -> out.decimal(number, ((Number) v).doubleValue());
            case BYTES -> out.bytes(number, Base64.getMimeDecoder().decode((String) v));
            default -> message(number, shape, v);
        }
    }

    /// A value that is a message, empty for null: a time that was never set.
    private void message(int number, Shape shape, Object v) {
        int mark = out.mark();
        if (v != Null.NULL) {
            switch (shape.type()) {
                case OBJECT -> object(shape, (Struct) v);
                case QUANTITY -> out.text(1, v.toString());
                case TIME, MICRO_TIME -> time((String) v);
                case DURATION -> out.number(1, DurationText.nanos((String) v));
                case INT_OR_STRING -> intOrString(v);
                case FIELDS -> out.bytes(1, Json.bytes(v));
                case ANY -> any(shape, v);
                default -> throw new IllegalArgumentException("a " + shape.type() + " here has no protobuf form");
            }
        }
        out.message(number, mark);
    }

    /// RFC 3339 to seconds since 1970 and nanoseconds, the latter last: written backwards.
    private void time(String text) {
        OffsetDateTime t = OffsetDateTime.parse(text);
        out.number(2, t.getNano());
        out.number(1, t.toEpochSecond());
    }

    /// `intstr.IntOrString`: all three fields are always written.
    private void intOrString(Object v) {
        out.text(3, v instanceof String s ? s : "");
        out.number(2, v instanceof Long l ? l : 0);
        out.number(1, v instanceof String ? 1 : 0);
    }

    /// JSON in a message of its own (`RawExtension`, `JSON`), or one of the alternatives of a schema.
    private void any(Shape shape, Object v) {
        if (!shape.definition().contains("SchemaPropsOr")) {
            out.bytes(1, Json.bytes(v));
            return;
        }
        boolean flagged = shape.definition().endsWith("Bool");
        switch (v) {
            case Struct s -> {
                int mark = out.mark();
                object(shape.items(), s);
                out.message(flagged ? 2 : 1, mark);
                if (flagged) {
                    out.number(1, 1);
                }
            }
            case Seq s -> alternatives(shape, s);
            case Boolean b -> out.number(1, b ? 1 : 0);
            default -> throw new IllegalArgumentException("not a JSON schema: " + v);
        }
    }

    /// A list of schemas or of names, as `dependencies` and `items` have it.
    private void alternatives(Shape shape, Seq list) {
        for (int i = list.size() - 1; i >= 0; i--) {
            if (list.get(i) instanceof Struct s) {
                int mark = out.mark();
                object(shape.items(), s);
                out.message(2, mark);
            } else {
                out.text(2, list.text(i));
            }
        }
    }
}

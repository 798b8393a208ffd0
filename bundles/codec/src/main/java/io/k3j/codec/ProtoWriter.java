package io.k3j.codec;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.function.Function;

/// Trees to messages. Everything is written backwards.
final class ProtoWriter {
    private final Function<Shape, Plan> plans;
    private final WireOut out;

    ProtoWriter(Function<Shape, Plan> plans, WireOut out) {
        this.plans = plans;
        this.out = out;
    }

    void object(Shape shape, Struct object) {
        plan(plans.apply(shape), object);
    }

    private void plan(Plan plan, Struct object) {
        for (int i = plan.entries.size() - 1; i >= 0; i--) {
            Plan.Entry e = plan.entries.get(i);
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

    void field(int number, Shape shape, Object v) {
        if (shape.type() == Shape.Type.LIST && v instanceof Seq list) {
            list(number, shape, list);
        } else if (shape.type() == Shape.Type.MAP && v instanceof Struct map) {
            map(number, shape.items(), map);
        } else {
            value(number, shape, v);
        }
    }

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

    /// Entries sorted by key, as Go writes them.
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

    private void value(int number, Shape shape, Object v) {
        switch (shape.type()) {
            case STRING, DURATION -> out.text(number, (String) v);
            case INT32, INT64 -> out.number(number, (Long) v);
            case BOOLEAN -> out.number(number, (Boolean) v ? 1 : 0);
            case NUMBER -> out.decimal(number, ((Number) v).doubleValue());
            case BYTES -> out.bytes(number, Base64.getMimeDecoder().decode((String) v));
            default -> message(number, shape, v);
        }
    }

    private void message(int number, Shape shape, Object v) {
        int mark = out.mark();
        if (v != Null.NULL) {
            switch (shape.type()) {
                case OBJECT -> object(shape, (Struct) v);
                case QUANTITY -> out.text(1, v.toString());
                case TIME, MICRO_TIME -> time((String) v);
                case INT_OR_STRING -> intOrString(v);
                case FIELDS -> out.bytes(1, Json.bytes(v));
                case ANY -> any(shape, v);
                default -> throw new IllegalArgumentException("a " + shape.type() + " here has no protobuf form");
            }
        }
        out.message(number, mark);
    }

    private void time(String text) {
        OffsetDateTime t = OffsetDateTime.parse(text);
        out.number(2, t.getNano());
        out.number(1, t.toEpochSecond());
    }

    private void intOrString(Object v) {
        out.text(3, v instanceof String s ? s : "");
        out.number(2, v instanceof Long l ? l : 0);
        out.number(1, v instanceof String ? 1 : 0);
    }

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

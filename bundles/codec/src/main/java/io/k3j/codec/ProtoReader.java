package io.k3j.codec;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Messages to trees, exactly as they lie there: dropping what says nothing is `Decoding`'s.
final class ProtoReader {
    private static final int MAX_DEPTH = 500;
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'")
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
            .withZone(ZoneOffset.UTC);
    private final Function<Shape, Plan> plans;
    private final Function<byte[], Object> embedded;
    private int depth;

    /// @param embedded what an object in its own envelope inside another one is
    ProtoReader(Function<Shape, Plan> plans, Function<byte[], Object> embedded) {
        this.plans = plans;
        this.embedded = embedded;
    }

    Struct object(Shape shape, Wire wire) {
        if (++depth > MAX_DEPTH) {
            throw new MalformedInput("invalid protobuf: more than " + MAX_DEPTH + " messages inside each other");
        }
        Plan plan = plans.apply(shape);
        @Nullable
        Object[] slots = new @Nullable Object[plan.fields.size()];
        fill(plan, wire, slots);
        depth--;
        return struct(plan, slots);
    }

    private static Struct struct(Plan plan, @Nullable Object[] slots) {
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

    /// Lists and maps are collected in mutable form.
    private static Object finished(Object v) {
        return switch (v) {
            case List<?> list -> Seq.owning(list.toArray());
            case Struct.Builder b -> b.build();
            default -> v;
        };
    }

    private void fill(Plan plan, Wire wire, @Nullable Object[] slots) {
        for (int number = wire.next(); number != 0; number = wire.next()) {
            Plan.Entry e = plan.find(number);
            if (e == null) {
                wire.skip();
            } else if (e.embedded() != null) {
                fill(e.embedded(), wire.message(), slots);
            } else {
                slots[e.slot()] = field(Objects.requireNonNull(e.field()), slots[e.slot()], wire);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private Object field(Field f, @Nullable Object before, Wire wire) {
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

    private Seq wrapped(Shape shape, Wire wire) {
        List<Object> list = new ArrayList<>();
        Wire inner = wire.message();
        for (int n = inner.next(); n != 0; n = inner.next()) {
            if (n == 1) {
                list.add(value(shape.items(), inner));
            } else {
                inner.skip();
            }
        }
        return Seq.copyOf(list);
    }

    private Struct.Builder entry(Shape items, Struct.Builder map, Wire wire) {
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

    private static Object missing(Shape items) {
        return switch (items.type()) {
            case STRING, BYTES -> "";
            case QUANTITY -> "0";
            case OBJECT -> Struct.EMPTY;
            case LIST -> Seq.EMPTY;
            default -> Null.NULL;
        };
    }

    private Object value(Shape shape, Wire wire) {
        return switch (shape.type()) {
            case STRING, DURATION -> wire.text();
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

    private static String quantity(Wire wire) {
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

    /// An empty message is the time that was never set.
    private static Object time(Wire wire, DateTimeFormatter form) {
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

    private static Object intOrString(Wire wire) {
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

    /// JSON in a message of its own, or a whole object in its envelope.
    private Object raw(Wire wire) {
        byte[] bytes = {};
        for (int n = wire.next(); n != 0; n = wire.next()) {
            if (n == 1) {
                bytes = wire.raw();
            } else {
                wire.skip();
            }
        }
        return bytes.length == 0 ? Null.NULL : Protobuf.enveloped(bytes) ? embedded.apply(bytes) : Json.value(bytes);
    }

    private Object schema(Shape shape, Wire wire) {
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

package io.k3j.schema;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One walk of [Decoding]. Where it stands is kept on a stack and made text only when there is something to say: most
/// documents have nothing wrong, and every write of a built-in kind comes through here. For one document and one
/// thread.
final class Decoder {
    private final FieldPaths unknown = new FieldPaths();
    private final Place place = new Place();

    /// The paths of fields nobody knows, in the order of the document.
    List<String> unknown() {
        return unknown.list();
    }

    /// The object in canonical form. Fields keep the order of the document, and those that Go always writes follow; the
    /// order has no meaning, since two structs are equal in any.
    /// @throws DecodeFailure when a value has the wrong type
    Struct object(Shape shape, Struct document) {
        FieldTable table = shape.table();
        int room = document.size() + table.always().size();
        String[] names = new String[room];
        Object[] values = new Object[room];
        int n = 0;
        for (int i = 0; i < document.size(); i++) {
            Field f = table.find(document.name(i));
            place.enter(document.name(i));
            Object v = f == null ? foreign(shape, document.value(i)) : kept(f, shape, document.value(i));
            place.leave();
            if (v != null) {
                names[n] = f == null ? document.name(i) : f.name();
                values[n++] = v;
            }
        }
        for (Field f : table.always()) {
            if (document.index(f.name()) < 0) {
                names[n] = f.name();
                values[n++] = Zero.of(f);
            }
        }
        return n == room ? Struct.owning(names, values)
                : Struct.owning(Arrays.copyOf(names, n), Arrays.copyOf(values, n));
    }

    /// A value of a field the shape does not have; null when it is dropped.
    private @Nullable Object foreign(Shape shape, Object value) {
        if (shape.keepsUnknown()) {
            return value;
        }
        if (!unknown.full()) {
            unknown.add(place.path());
        }
        return null;
    }

    /// The value as it is kept, or null when it says nothing: a null, or the zero value of a field that has
    /// `omitempty`.
    private @Nullable Object kept(Field f, Shape owner, Object value) {
        if (value == Null.NULL) {
            return f.always() ? Zero.of(f) : null;
        }
        Object v = value(f.shape(), value, owner);
        return f.pointer() || f.always() || !Zero.says(f.shape(), v) ? v : null;
    }

    /// A value in canonical form.
    ///
    /// @param owner the struct whose field it is in, however deep: Go's messages name that one
    private Object value(Shape shape, Object v, Shape owner) {
        return switch (shape.type()) {
            case OBJECT -> v instanceof Struct s ? object(shape, s) : wrong(v, shape, owner);
            case MAP -> v instanceof Struct s ? map(shape.items(), s, owner) : wrong(v, shape, owner);
            case LIST -> v instanceof Seq s ? list(shape.items(), s, owner) : wrong(v, shape, owner);
            case STRING -> v instanceof String ? v : wrong(v, shape, owner);
            case INT32 -> v instanceof Long l && l == l.intValue() ? v : wrong(v, shape, owner);
            case INT64 -> v instanceof Long ? v : wrong(v, shape, owner);
            case NUMBER -> v instanceof Long || v instanceof Double ? v : wrong(v, shape, owner);
            case BOOLEAN -> v instanceof Boolean ? v : wrong(v, shape, owner);
            case INT_OR_STRING -> v instanceof String || v instanceof Long l && l == l.intValue()
                    ? v : wrong(v, shape, owner);
            case QUANTITY -> v instanceof String || v instanceof Long || v instanceof Double
                    ? Scalars.quantity(v) : wrong(v, shape, owner);
            case TIME -> v instanceof String s ? Scalars.time(s, false) : wrong(v, shape, owner);
            case MICRO_TIME -> v instanceof String s ? Scalars.time(s, true) : wrong(v, shape, owner);
            case DURATION -> v instanceof String s ? Scalars.duration(s) : wrong(v, shape, owner);
            case BYTES -> v instanceof String s ? Scalars.base64(s) : wrong(v, shape, owner);
            case FIELDS -> v instanceof Struct ? v : wrong(v, shape, owner);
            case ANY -> shape.facts().items() == null ? v : schema(shape.items(), v);
        };
    }

    /// A JSON schema where a boolean, a list of schemas or a list of names may stand too, as in `additionalProperties`,
    /// `items` and `dependencies`.
    private Object schema(Shape schema, Object v) {
        return switch (v) {
            case Struct s -> object(schema, s);
            case Seq s -> Seq.copyOf(s.stream().map(e -> e instanceof Struct x ? object(schema, x) : e).toList());
            default -> v;
        };
    }

    /// A null in a map becomes the zero value, as Go decodes it; for maps and lists it stays null.
    private Struct map(Shape items, Struct s, Shape owner) {
        String[] names = new String[s.size()];
        Object[] values = new Object[s.size()];
        for (int i = 0; i < names.length; i++) {
            names[i] = s.name(i);
            place.key(names[i]);
            values[i] = s.value(i) == Null.NULL ? Zero.of(items) : value(items, s.value(i), owner);
            place.leave();
        }
        return Struct.owning(names, values);
    }

    /// A null in a list becomes the zero value, too.
    private Seq list(Shape items, Seq s, Shape owner) {
        Object[] values = new Object[s.size()];
        for (int i = 0; i < values.length; i++) {
            place.element(i);
            values[i] = s.get(i) == Null.NULL ? Zero.of(items) : value(items, s.get(i), owner);
            place.leave();
        }
        return Seq.owning(values);
    }

    /// Never returns; has a type so that it can stand in an expression.
    private Object wrong(Object value, Shape wanted, Shape owner) {
        String message = "json: cannot unmarshal " + GoNames.value(value, wanted) + " into Go struct field "
                + GoNames.simple(owner.definition()) + "." + place.fields() + " of type " + GoNames.type(wanted);
        String conversion = GoNames.conversion(value, wanted);
        throw new DecodeFailure(message, conversion.isEmpty() ? message : conversion);
    }

    /// Where the walk stands: names and positions from the root. Two arrays that are filled and never cleared, because
    /// a step is taken for each value.
    private static final class Place {
        /// Stands for the position of a map's key, which Go does not name.
        private static final int KEY = -1;
        /// As deep as small objects are; deeper ones make room.
        private static final int DEEP = 8;
        /// Null for an element of a list.
        private @Nullable String[] names = new String[DEEP];
        private int[] positions = new int[DEEP];
        private int depth;

        void enter(String name) {
            push(name, 0);
        }

        void key(String name) {
            push(name, KEY);
        }

        void element(int position) {
            push(null, position);
        }

        private void push(@Nullable String name, int position) {
            if (depth == names.length) {
                names = Arrays.copyOf(names, depth * 2);
                positions = Arrays.copyOf(positions, depth * 2);
            }
            names[depth] = name;
            positions[depth++] = position;
        }

        void leave() {
            depth--;
        }

        /// As `spec.containers[0].image`; not made longer than anybody is told.
        String path() {
            StringBuilder b = new StringBuilder();
            for (int i = 0; i < depth && b.length() <= FieldPaths.MAX_LENGTH; i++) {
                if (names[i] == null) {
                    b.append('[').append(positions[i]).append(']');
                } else {
                    b.append(b.isEmpty() ? "" : ".").append(names[i]);
                }
            }
            return b.toString();
        }

        /// As Go names it: `spec.containers.image`.
        String fields() {
            StringBuilder b = new StringBuilder();
            for (int i = 0; i < depth; i++) {
                if (names[i] != null && positions[i] != KEY) {
                    b.append(b.isEmpty() ? "" : ".").append(Objects.requireNonNull(names[i]));
                }
            }
            return b.toString();
        }
    }
}

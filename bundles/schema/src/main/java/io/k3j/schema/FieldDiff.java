package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which fields a value has, and which differ between two, at the grain ownership is kept at: lists with
/// keys by element, atomic ones and scalars as a whole.
final class FieldDiff {
    private FieldDiff() {
    }

    /// All fields of an object.
    static FieldSet fields(Shape shape, Struct object) {
        FieldSet set = FieldSet.root(Struct.EMPTY);
        object.forEach((name, value) -> collect(shape.child(name), value, set.below("f:" + name)));
        return set;
    }

    private static void collect(@Nullable Shape shape, Object value, FieldSet at) {
        switch (value) {
            case Struct s when !whole(shape) && !s.isEmpty() ->
                s.forEach((name, v) -> collect(shape == null ? null : shape.child(name), v, at.below("f:" + name)));
            case Seq l when byElement(shape) && !l.isEmpty() -> l.forEach(v -> {
                FieldSet element = at.below(ElementKey.of(shape, v));
                element.add();
                if (v instanceof Struct s && !whole(shape.items())) {
                    s.forEach((name, w) -> collect(shape.items().child(name), w, element.below("f:" + name)));
                }
            });
            default -> at.add();
        }
    }

    /// All fields of an object, and with them the structs, maps and lists they stand in where those are not
    /// always there: whoever adds a map owns the map too.
    static FieldSet everything(Shape shape, Struct object) {
        FieldSet set = FieldSet.root(Struct.EMPTY);
        members(shape, object, set, false);
        return set;
    }

    /// `within`: in something that is not always there, where even what Go always writes comes and goes with it.
    private static void members(@Nullable Shape shape, Struct object, FieldSet at, boolean within) {
        object.forEach((name, value) -> {
            Field field = shape == null ? null : shape.field(name);
            Shape child = shape == null ? null : shape.child(name);
            FieldSet below = at.below("f:" + name);
            boolean comes = within || field == null || field.emission() == Field.Emission.OMIT;
            if (comes && (value instanceof Struct || value instanceof Seq)) {
                below.add();
            }
            switch (value) {
                case Struct s when !whole(child) && !s.isEmpty() -> members(child, s, below, comes);
                case Seq l when byElement(child) && !l.isEmpty() -> elements(child, l, below);
                default -> below.add();
            }
        });
    }

    private static void elements(Shape shape, Seq list, FieldSet at) {
        list.forEach(v -> {
            FieldSet element = at.below(ElementKey.of(shape, v));
            element.add();
            if (v instanceof Struct s && !whole(shape.items())) {
                members(shape.items(), s, element, true);
            }
        });
    }

    /// The fields both have, with another value.
    static FieldSet modified(Shape shape, Struct before, Struct after) {
        FieldSet set = FieldSet.root(Struct.EMPTY);
        compare(shape, before, after, set);
        return set;
    }

    private static void compare(@Nullable Shape shape, Struct before, Struct after, FieldSet at) {
        after.forEach((name, value) -> {
            Object old = before.get(name);
            if (old != null && old != value) {
                compareValues(shape == null ? null : shape.child(name), old, value, at.below("f:" + name));
            }
        });
    }

    private static void compareValues(@Nullable Shape shape, Object old, Object value, FieldSet at) {
        if (old instanceof Struct o && value instanceof Struct s && !whole(shape)) {
            compare(shape, o, s, at);
        } else if (old instanceof Seq o && value instanceof Seq l && byElement(shape)) {
            Map<String, Object> elements = elements(shape, o);
            l.forEach(v -> {
                String key = ElementKey.of(shape, v);
                if (elements.get(key) instanceof Struct e && v instanceof Struct s && !e.equals(s)) {
                    compare(shape.items(), e, s, at.below(key));
                }
            });
        } else if (!old.equals(value)) {
            at.add();
        }
    }

    /// The elements of a keyed list by their path element; of several with one key the first.
    static Map<String, Object> elements(Shape list, Seq values) {
        Map<String, Object> map = new LinkedHashMap<>();
        values.forEach(v -> map.putIfAbsent(ElementKey.of(list, v), v));
        return map;
    }

    /// Whether ownership ends here.
    static boolean whole(@Nullable Shape shape) {
        return shape != null && (shape.atomic() || shape.type() == Shape.Type.FIELDS);
    }

    /// Whether the elements of a list are owned one by one.
    static boolean byElement(@Nullable Shape shape) {
        return shape != null && shape.type() == Shape.Type.LIST && shape.listType() != Shape.ListType.ATOMIC;
    }
}

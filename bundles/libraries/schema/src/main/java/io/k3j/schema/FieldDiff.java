package io.k3j.schema;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which fields a value has, and which differ between two, at the grain ownership is kept at: lists with keys by
/// element, atomic ones and scalars as a whole. What structured-merge-diff calls `ToFieldSet` and `Compare`. Pure.
///
/// A field the shape does not know is walked as far as structs go and owned all the same: it may be of a CRD that keeps
/// unknown fields.
final class FieldDiff {
    /// The contents of such a field belong to somebody else: ownership ends there.
    private static final String RAW = "io.k8s.apimachinery.pkg.runtime.RawExtension";

    private FieldDiff() {
    }

    /// All fields of an object that are leaves, and the elements of lists: what an applied configuration asks for.
    static FieldSet fields(Shape shape, Struct object) {
        FieldSet set = FieldSet.root(Struct.EMPTY);
        object.forEach((name, value) -> collect(shape.child(name), value, set.below("f:" + name)));
        return set;
    }

    private static void collect(@Nullable Shape shape, Object value, FieldSet at) {
        switch (value) {
            case Struct s when !whole(shape) && !s.isEmpty() ->
                s.forEach((name, v) -> collect(shape == null ? null : shape.child(name), v, at.below("f:" + name)));
            case Seq l when shape != null && byElement(shape) && !l.isEmpty() -> l.forEach(v -> {
                FieldSet element = at.below(ElementKey.of(shape, v));
                element.add();
                if (v instanceof Struct s && !whole(shape.items())) {
                    s.forEach((name, w) -> collect(shape.items().child(name), w, element.below("f:" + name)));
                }
            });
            default -> at.add();
        }
    }

    /// All fields of an object, and with them the structs, maps and lists they stand in where those are not always
    /// there: anyone who adds a map owns the map too, and it goes when the last owner does.
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
                case Seq l when child != null && byElement(child) && !l.isEmpty() -> elements(child, l, below);
                default -> below.add();
            }
        });
    }

    /// Of elements that share a key only the key is owned: nobody could say whose field is whose.
    private static void elements(Shape shape, Seq list, FieldSet at) {
        byKey(shape, list).forEach((key, values) -> {
            FieldSet element = at.below(key);
            element.add();
            if (values.size() == 1 && values.getFirst() instanceof Struct s && !whole(shape.items())) {
                members(shape.items(), s, element, true);
            }
        });
    }

    /// The elements that had one key before and no longer share it, or the other way round: they are other elements, so
    /// owners of the one do not own the other.
    static FieldSet regrouped(Shape shape, Struct before, Struct after) {
        FieldSet set = FieldSet.root(Struct.EMPTY);
        regroup(shape, before, after, set);
        return set;
    }

    private static void regroup(@Nullable Shape shape, @Nullable Object old, Object value, FieldSet at) {
        if (old == null || old.equals(value) || shape == null || whole(shape)) {
            return;
        }
        if (old instanceof Struct o && value instanceof Struct s) {
            s.forEach((name, v) -> {
                Object was = o.get(name);
                if (was != null) {
                    regroup(shape.child(name), was, v, at.below("f:" + name));
                }
            });
        } else if (old instanceof Seq o && value instanceof Seq l && shape != null && byElement(shape)) {
            Map<String, List<Object>> elements = byKey(shape, o);
            byKey(shape, l).forEach((key, values) -> {
                List<Object> olds = elements.getOrDefault(key, List.of());
                if (!olds.isEmpty() && olds.size() > 1 != values.size() > 1) {
                    at.below(key).add();
                } else if (olds.size() == 1) {
                    regroup(shape.items(), olds.getFirst(), values.getFirst(), at.below(key));
                }
            });
        }
    }

    /// The fields both have, with another value. What only one has is found by [#everything].
    static FieldSet modified(Shape shape, Struct before, Struct after) {
        FieldSet set = FieldSet.root(Struct.EMPTY);
        compare(shape, before, after, set);
        return set;
    }

    /// The same instance is skipped: a write shares what it did not change with the object before.
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
        } else if (old instanceof Seq o && value instanceof Seq l && shape != null && byElement(shape)) {
            Map<String, List<Object>> elements = byKey(shape, o);
            byKey(shape, l).forEach((key, values) -> {
                List<Object> olds = elements.getOrDefault(key, List.of());
                if (olds.size() == 1 && values.size() == 1) {
                    compareElements(shape.items(), olds.getFirst(), values.getFirst(), at.below(key));
                } else if (olds.size() > 1 && values.size() > 1 && !olds.equals(values)) {
                    at.below(key).add();
                }
            });
        } else if (!old.equals(value)
                && !(old == Null.NULL && (value instanceof Struct && !whole(shape) || byElement(shape)))) {
            // null is what stands for a map or list that is not there: its elements are new, not changed
            at.add();
        }
    }

    private static void compareElements(Shape shape, Object old, Object value, FieldSet at) {
        if (old instanceof Struct e && value instanceof Struct s && !e.equals(s)) {
            compare(shape, e, s, at);
        }
    }

    /// The elements of a keyed list by their path element, in the order of the list. Plain writers may leave several
    /// with one key; those are owned as one, without what is in them.
    /// @throws io.k3j.apimachinery.PatchFailure when an element has no key
    static Map<String, List<Object>> byKey(Shape list, Seq values) {
        Map<String, List<Object>> map = LinkedHashMap.newLinkedHashMap(values.size());
        values.forEach(v -> map.computeIfAbsent(ElementKey.of(list, v), k -> new ArrayList<>(1)).add(v));
        return map;
    }

    /// Whether ownership ends here: what is below is owned with it.
    static boolean whole(@Nullable Shape shape) {
        return shape != null && (shape.atomic() || shape.type() == Shape.Type.FIELDS
                || shape.type() == Shape.Type.ANY && shape.definition().equals(RAW));
    }

    /// Whether the elements of a list are owned one by one.
    static boolean byElement(@Nullable Shape shape) {
        return shape != null && shape.type() == Shape.Type.LIST && shape.listType() != Shape.ListType.ATOMIC;
    }
}

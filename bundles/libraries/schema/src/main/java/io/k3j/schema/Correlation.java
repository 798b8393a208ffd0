package io.k3j.schema;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A value of an object beside the one it replaces, as upstream's `CorrelatedObject`: what tells a change from what was
/// there before. Fields belong together by their names, elements of a list of type `map` by its keys; elements of other
/// lists belong to none. For one thread; nothing is compared before it is asked for, and each value once.
public final class Correlation {
    private final @Nullable Correlation parent;
    private final Shape shape;
    private final Object before;
    private final Object now;
    private @Nullable Boolean unchanged;
    private @Nullable Map<Object, Object> elements;

    private Correlation(@Nullable Correlation parent, Shape shape, Object before, Object now) {
        this.parent = parent;
        this.shape = shape;
        this.before = before;
        this.now = now;
    }

    /// Of two values that belong together.
    ///
    /// @param shape of both
    public static Correlation of(Shape shape, Object before, Object now) {
        return new Correlation(null, shape, before, now);
    }

    /// The value that is replaced.
    public Object before() {
        return before;
    }

    /// A field of a struct; null when there was none of that name.
    ///
    /// @param child the field's shape
    /// @param value what it is now
    public @Nullable Correlation field(String name, Shape child, Object value) {
        Object was = before instanceof Struct s ? s.get(name) : null;
        return was == null ? null : new Correlation(this, child, was, value);
    }

    /// An element of the list as it is now; null when there was none with its keys, for an element that does not have
    /// all of them as scalars, and for lists whose elements have none.
    public @Nullable Correlation element(Object value) {
        if (shape.listType() != Shape.ListType.MAP || !(before instanceof Seq all) || !(value instanceof Struct s)) {
            return null;
        }
        Map<Object, Object> known = elements;
        if (known == null) {
            known = new HashMap<>();
            for (Struct element : all.structs()) {
                List<Object> key = key(element);
                if (key != null) {
                    known.putIfAbsent(key, element);
                }
            }
            elements = known;
        }
        List<Object> key = key(s);
        Object was = key == null ? null : known.get(key);
        return was == null ? null : new Correlation(this, shape.items(), was, value);
    }

    private @Nullable List<Object> key(Struct element) {
        List<Object> key = new ArrayList<>(shape.mapKeys().size());
        for (String name : shape.mapKeys()) {
            Object value = element.get(name);
            if (value == null || value instanceof Struct || value instanceof Seq || value == Null.NULL) {
                return null;
            }
            key.add(value);
        }
        return key;
    }

    /// Whether the value is what it was. One that is not changes all that it stands in, so those are not compared.
    public boolean unchanged() {
        Boolean known = unchanged;
        if (known == null) {
            known = before.equals(now);
            unchanged = known;
            for (Correlation c = parent; !known && c != null && c.unchanged == null; c = c.parent) {
                c.unchanged = false;
            }
        }
        return known;
    }
}

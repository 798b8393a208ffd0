package io.k3j.schema;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// Fills in the defaults a shape declares, as upstream's package `schema/defaulting` does for custom resources. Pure;
/// any thread. What is complete already is returned as the same instance, so that reading costs no copy. See "Extend
/// the Kubernetes API with CustomResourceDefinitions", "Defaulting".
public final class Defaulting {
    private Defaulting() {
    }

    /// The object with declared defaults where fields are missing (or null without being nullable; such a null without
    /// default is dropped). Objects and elements that are there are filled too, missing ones are made only by a default
    /// of their own.
    /// @return `object` itself when nothing was missing
    public static Struct apply(Shape shape, Struct object) {
        return (Struct) value(shape, object);
    }

    /// A value of another type than the shape's stays as it is: validation names it.
    private static Object value(Shape shape, Object value) {
        return switch (value) {
            case Struct s when shape.type() == Shape.Type.OBJECT -> object(shape, s);
            case Struct s when shape.type() == Shape.Type.MAP -> map(shape.items(), s);
            case Seq s when shape.type() == Shape.Type.LIST -> seq(shape.items(), s);
            default -> value;
        };
    }

    /// Of built-in shapes, as `metadata` of a custom resource is, a default that says no more than a missing field is
    /// not written.
    private static Struct object(Shape shape, Struct s) {
        Struct.Builder b = Struct.builder();
        boolean same = true;
        for (int i = 0; i < s.size(); i++) {
            Field f = shape.field(s.name(i));
            Shape child = f == null ? Shape.ANY : f.shape();
            if (s.value(i) == Null.NULL && f != null && !child.nullable() && !f.always()) {
                same = false;
                continue;
            }
            Object v = value(child, s.value(i));
            same &= v == s.value(i);
            b.put(s.name(i), v);
        }
        for (Field f : shape.fields()) {
            Object otherwise = f.shape().defaultValue();
            if (otherwise != null && !b.has(f.name()) && (f.pointer() || !Zero.says(f.shape(), otherwise))) {
                same = false;
                b.put(f.name(), value(f.shape(), otherwise));
            }
        }
        return same ? s : b.build();
    }

    private static Struct map(Shape items, Struct s) {
        Struct.Builder b = Struct.builder();
        boolean same = true;
        for (int i = 0; i < s.size(); i++) {
            Object v = s.value(i) == Null.NULL && !items.nullable() && items.defaultValue() != null
                    ? items.defaultValue() : value(items, s.value(i));
            same &= v == s.value(i);
            b.put(s.name(i), v);
        }
        return same ? s : b.build();
    }

    private static Seq seq(Shape items, Seq s) {
        Object[] values = new Object[s.size()];
        boolean same = true;
        for (int i = 0; i < values.length; i++) {
            values[i] = s.get(i) == Null.NULL && !items.nullable() && items.defaultValue() != null
                    ? items.defaultValue() : value(items, s.get(i));
            same &= values[i] == s.get(i);
        }
        return same ? s : Seq.owning(values);
    }
}

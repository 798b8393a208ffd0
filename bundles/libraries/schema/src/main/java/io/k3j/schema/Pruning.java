package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;

/// Takes out what a shape does not know, as upstream's package `schema/pruning` does for custom resources. Values of
/// the wrong type are left for validation to name. Pure; any thread. See "Extend the Kubernetes API with
/// CustomResourceDefinitions", "Field pruning".
public final class Pruning {
    private final FieldPaths unknown = new FieldPaths();

    private Pruning() {
    }

    /// An object and what was taken out of it.
    ///
    /// @param object what is left
    /// @param unknown the paths taken out, as `spec.containers[0].foo`; at most [FieldPaths#MOST], so an empty list
    ///     means none
    public record Pruned(Struct object, List<String> unknown) {
    }

    /// The object without unknown fields. `object` itself is in the answer when it has none.
    ///
    /// @param shape that of the kind, or of any value in it
    public static Pruned prune(Shape shape, Struct object) {
        Pruning walk = new Pruning();
        Struct left = (Struct) walk.value(shape, object, "");
        return new Pruned(left, walk.unknown.list());
    }

    /// Whether a shape knows all fields of a value.
    ///
    /// @param value a tree's value
    public static boolean knows(Shape shape, Object value) {
        Pruning walk = new Pruning();
        walk.value(shape, value, "");
        return walk.unknown.list().isEmpty();
    }

    /// Whether a shape and those within it know all fields of their own defaults, as these were written: where they do
    /// not, upstream's `schemaHasUnprunedDefaults` says yes.
    ///
    /// @param shape of a CRD's schema; the walk goes as deep as that does
    public static boolean knowsDefaults(Shape shape) {
        Object written = shape.source().get("default");
        return (written == null || knows(shape, written))
                && (shape.items() == Shape.ANY || knowsDefaults(shape.items()))
                && shape.fields().stream().allMatch(f -> knowsDefaults(f.shape()));
    }

    /// A value without unknown fields; itself when it has none.
    static Object pruned(Shape shape, Object value) {
        return new Pruning().value(shape, value, "");
    }

    private Object value(Shape shape, Object value, String path) {
        return switch (value) {
            case Struct s -> struct(shape, s, path);
            case Seq s when shape.type() == Shape.Type.LIST -> seq(shape.items(), s, path);
            default -> value;
        };
    }

    /// Below a value of any type nothing is unknown, and what is no struct by its shape is not gone into.
    private Struct struct(Shape shape, Struct s, String path) {
        switch (shape.type()) {
            case OBJECT, MAP -> {
                Struct.Builder b = Struct.builder();
                boolean same = true;
                for (int i = 0; i < s.size(); i++) {
                    String at = FieldPaths.longer(path, path.isEmpty() ? s.name(i) : "." + s.name(i));
                    Shape child = shape.child(s.name(i));
                    if (child == null) {
                        unknown.add(at);
                        same = false;
                    } else {
                        Object v = value(child, s.value(i), at);
                        same &= v == s.value(i);
                        b.put(s.name(i), v);
                    }
                }
                return same ? s : b.build();
            }
            default -> {
                return s;
            }
        }
    }

    private Seq seq(Shape items, Seq s, String path) {
        Object[] values = new Object[s.size()];
        boolean same = true;
        for (int i = 0; i < values.length; i++) {
            values[i] = value(items, s.get(i), FieldPaths.longer(path, "[" + i + "]"));
            same &= values[i] == s.get(i);
        }
        return same ? s : Seq.owning(values);
    }
}

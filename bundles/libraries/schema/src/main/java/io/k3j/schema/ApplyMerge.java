package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// An apply configuration laid over an object without anybody owning anything, as mutating admission policies do it:
/// what structured-merge-diff calls `Merge`. Pure; any thread.
public final class ApplyMerge {
    private ApplyMerge() {
    }

    /// The object with everything of a configuration in it; nothing is taken out. Lists of type map and set are merged
    /// by their elements, all else that is atomic is replaced.
    ///
    /// @param wanted of which [ApplyCheck] has found nothing wrong
    public static Struct merged(Shape shape, Struct object, Struct wanted) {
        return FieldMerge.merge(shape, object, wanted);
    }

    /// Where a configuration holds lists, maps or structs that would be replaced as a whole, as `.spec.selector`: who
    /// wants to set a field of one would remove all others without noticing. In the order of the document, at most
    /// [FieldPaths#MOST].
    public static List<String> atomics(Shape shape, Struct wanted) {
        List<String> found = new ArrayList<>();
        value(shape, wanted, "", found);
        return found;
    }

    private static void value(Shape shape, Object value, String path, List<String> found) {
        boolean fits = value instanceof Struct && (shape.type() == Shape.Type.OBJECT || shape.type() == Shape.Type.MAP)
                || value instanceof Seq && shape.type() == Shape.Type.LIST;
        if (!fits || found.size() >= FieldPaths.MOST) {
            return;
        }
        if (shape.atomic()) {
            found.add(path);
        }
        if (value instanceof Struct s) {
            s.forEach((name, below) -> {
                Shape child = shape.child(name);
                if (child != null) {
                    value(child, below, FieldPaths.longer(path, "." + name), found);
                }
            });
        } else if (value instanceof Seq list) {
            for (int i = 0; i < list.size(); i++) {
                value(shape.items(), list.get(i), FieldPaths.longer(path, "[" + i + "]"), found);
            }
        }
    }
}

package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lays one object over another, and takes single fields out, at the grain of ownership. What structured-merge-diff
/// calls `Merge` and `RemoveItems`. Pure; parts that do not change are shared with the object before.
final class FieldMerge {
    private FieldMerge() {
    }

    /// `object` with everything of `wanted` in it. Nothing is taken out: that is [#remove], by whoever owned it.
    static Struct merge(@Nullable Shape shape, Struct object, Struct wanted) {
        Struct.Builder merged = object.toBuilder();
        wanted.forEach((name, value) -> {
            Object now = object.get(name);
            Shape child = shape == null ? null : shape.child(name);
            merged.put(name, now == null ? value : value(child, now, value));
        });
        return merged.build();
    }

    /// One value over another: merged where both are structs or keyed lists, else the wanted one.
    static Object value(@Nullable Shape shape, Object now, Object wanted) {
        if (now instanceof Struct n && wanted instanceof Struct w && !FieldDiff.whole(shape)) {
            return merge(shape, n, w);
        }
        if (now instanceof Seq n && wanted instanceof Seq w && shape != null && FieldDiff.byElement(shape)) {
            return new ListMerge(shape, n, w).merged();
        }
        return wanted;
    }

    /// `object` without the members of `gone`, except where `kept` has something at or below them. A struct or list
    /// that loses its last content goes as well, unless `kept` has it itself.
    ///
    /// @param gone what its manager does not ask for any more
    /// @param kept what anybody still owns
    static Struct remove(@Nullable Shape shape, Struct object, FieldSet gone, FieldSet kept) {
        Struct.Builder rest = object.toBuilder();
        gone.children().forEach((element, below) -> {
            String name = element.substring(2);
            Object value = object.get(name);
            if (value == null) {
                return;
            }
            FieldSet keep = below(kept, element);
            Object left = left(shape == null ? null : shape.child(name), value, below, keep);
            if (left == null) {
                rest.remove(name);
            } else {
                rest.put(name, left);
            }
        });
        return rest.build();
    }

    /// What is left of a value, null for nothing.
    private static @Nullable Object left(@Nullable Shape shape, Object value, FieldSet gone, FieldSet kept) {
        if (gone.member() && kept.isEmpty()) {
            return null;
        }
        return switch (value) {
            case Struct s -> {
                Struct rest = remove(shape, s, gone, kept);
                yield rest.isEmpty() && !s.isEmpty() && !kept.member() ? null : rest;
            }
            case Seq l when shape != null && FieldDiff.byElement(shape) -> {
                Seq rest = elements(shape, l, gone, kept);
                yield rest.isEmpty() && !l.isEmpty() && !kept.member() ? null : rest;
            }
            default -> value;
        };
    }

    /// Elements nobody gave up stay as they are, in their order.
    private static Seq elements(Shape shape, Seq list, FieldSet gone, FieldSet kept) {
        List<Object> rest = new ArrayList<>();
        list.forEach(v -> {
            String key = ElementKey.of(shape, v);
            FieldSet below = gone.children().get(key);
            Object left = below == null ? v : left(shape.items(), v, below, below(kept, key));
            if (left != null) {
                rest.add(left);
            }
        });
        return Seq.copyOf(rest);
    }

    /// An empty set where there is no such node: nothing is kept.
    private static FieldSet below(FieldSet set, String element) {
        FieldSet child = set.children().get(element);
        return child == null ? FieldSet.root(Struct.EMPTY) : child;
    }
}

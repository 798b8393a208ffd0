package io.k3j.addondeployer;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an object becomes when a file is applied to it: everything the file says, nothing that the file said when it
/// was applied last and says no more, and the rest as others left it. The result of K3s' three-way patch, which is that
/// of `kubectl apply`; made here and not by a strategic merge patch, which merges two elements with one merge key (a
/// port for TCP and UDP) into one. Pure; any thread.
///
/// Lists are merged where the kind has them merged by `kubectl apply`, element by element by the keys of server-side
/// apply; all others, and those of custom kinds, are replaced.
final class ThreeWay {
    private ThreeWay() {
    }

    /// The object as it should be.
    ///
    /// @param shape of the kind, or of a part of it
    /// @param original as the file had it when it was applied last; empty when that is not known
    /// @param modified as the file has it
    /// @param current as it is
    /// @return equal to `current` when nothing is to be written
    static Struct merge(Shape shape, Struct original, Struct modified, Struct current) {
        return struct(shape, original, modified, current);
    }

    private static Struct struct(@Nullable Shape shape, Struct original, Struct modified, Struct current) {
        Struct.Builder merged = Struct.builder();
        current.forEach((name, value) -> {
            boolean dropped = original.has(name) || shape != null && shape.patchRetainKeys();
            if (modified.has(name) || !dropped) {
                merged.put(name, value);
            }
        });
        modified.forEach((name, value) -> {
            Shape child = shape == null ? null : shape.child(name);
            Object before = original.get(name);
            Object now = current.get(name);
            switch (value) {
                case Null n when !(now instanceof Null) -> merged.remove(name);
                case Struct s -> merged.put(name, struct(child, before instanceof Struct b ? b : Struct.EMPTY, s,
                        now instanceof Struct c ? c : Struct.EMPTY));
                case Seq s when child != null && child.patchMerge() -> merged.put(name,
                        new ListKeys(child).merge(before instanceof Seq b ? b : Seq.EMPTY, s,
                                now instanceof Seq c ? c : Seq.EMPTY));
                default -> merged.put(name, value);
            }
        });
        return merged.build();
    }

    /// How the elements of one list are told apart.
    ///
    /// @param list the shape of the list
    private record ListKeys(Shape list) {
        /// Null for an element that has none.
        @Nullable
        Object of(Object element) {
            List<String> names = list.mapKeys().isEmpty() ? List.of(list.mergeKey()) : list.mapKeys();
            if (list.mergeKey().isEmpty()) {
                return element;
            }
            if (!(element instanceof Struct s)) {
                return null;
            }
            List<Object> key = new ArrayList<>();
            for (String name : names) {
                Shape field = list.items().child(name);
                Object preset = field == null ? null : field.defaultValue();
                Object value = s.get(name) != null ? s.get(name) : preset;
                key.add(value == null ? Null.NULL : value);
            }
            return key;
        }

        /// The elements by key, null when two have the same or one has none.
        private @Nullable Map<Object, Object> byKey(Seq elements) {
            Map<Object, Object> all = new LinkedHashMap<>();
            for (Object element : elements) {
                Object key = of(element);
                if (key == null || all.put(key, element) != null) {
                    return null;
                }
            }
            return all;
        }

        /// A list whose elements cannot be told apart is taken as the file has it.
        Seq merge(Seq original, Seq modified, Seq current) {
            Map<Object, Object> wanted = byKey(modified);
            Map<Object, Object> there = byKey(current);
            Map<Object, Object> before = byKey(original);
            if (wanted == null || there == null) {
                return modified;
            }
            Map<Object, Object> was = before == null ? Map.of() : before;
            Set<Object> others = new HashSet<>(there.keySet());
            others.removeAll(was.keySet());
            others.removeAll(wanted.keySet());
            List<Object> merged = new ArrayList<>();
            for (Object key : order(wanted.keySet(), there.keySet(), others)) {
                Object element = wanted.get(key);
                merged.add(element == null ? there.get(key) : element(was.get(key), element, there.get(key)));
            }
            return Seq.copyOf(merged);
        }

        /// As they stand where the file's stand in the file's order; else the file's first.
        private static List<Object> order(Set<Object> wanted, Set<Object> there, Set<Object> others) {
            List<Object> kept = there.stream().filter(key -> wanted.contains(key) || others.contains(key)).toList();
            if (kept.stream().filter(wanted::contains).toList().equals(List.copyOf(wanted))) {
                return kept;
            }
            List<Object> order = new ArrayList<>(wanted);
            there.stream().filter(others::contains).forEach(order::add);
            return order;
        }

        private Object element(@Nullable Object before, Object wanted, @Nullable Object there) {
            if (!(wanted instanceof Struct s)) {
                return wanted;
            }
            Struct now = there instanceof Struct c ? c : Struct.EMPTY;
            Struct was = before instanceof Struct b ? b : Struct.EMPTY;
            Struct merged = struct(list.items(), was, s, now);
            return list.patchRetainKeys() ? retained(merged, s) : merged;
        }

        private static Struct retained(Struct merged, Struct wanted) {
            Struct kept = merged;
            for (String name : merged.names()) {
                kept = wanted.has(name) ? kept : kept.without(name);
            }
            return kept;
        }
    }
}

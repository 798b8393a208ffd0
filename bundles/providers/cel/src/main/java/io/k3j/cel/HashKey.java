package io.k3j.cel;

import com.google.common.primitives.UnsignedLong;
import io.k3j.celvalues.Escaped;
import io.k3j.celvalues.Preserved;
import io.k3j.celvalues.StructView;
import io.k3j.schema.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What stands for an element of a set, or of a map by keys, in hash tables: so that comparing and adding take time by
/// the length of lists, not by its square. Each part of an element that is looked at is a step of the evaluation.
final class HashKey {
    private final Frame frame;

    private HashKey(Frame frame) {
        this.frame = frame;
    }

    /// Of an element that counts as a whole.
    static Object of(Frame f, Object element) {
        return new HashKey(f).value(element);
    }

    /// The whole element of a set; the values of its keys for a map. Elements without a key have that in common.
    static Object of(Frame f, Shape list, Object element) {
        HashKey key = new HashKey(f);
        if (list.listType() == Shape.ListType.SET || !(element instanceof Map<?, ?> map)) {
            return key.value(element);
        }
        Object[] values = list.mapKeys().stream().map(name -> field(map, name))
                .map(v -> v == null ? null : key.value(v)).toArray();
        return Arrays.asList(values);
    }

    private static @Nullable Object field(Map<?, ?> element, String name) {
        if (element instanceof StructView view) {
            return view.set(name) ? view.value(name) : null;
        }
        String escaped = Escaped.escape(name);
        return element.get(escaped == null ? name : escaped);
    }

    /// Equal for what [Equality] calls equal, but for lists in lists, which are told by the order of their elements.
    private Object value(Object value) {
        frame.step();
        return switch (value) {
            case Long l -> l;
            case Double d -> d == Math.rint(d) && Math.abs(d) < 0x1p63 ? (Object) (long) (double) d : (Object) d;
            case UnsignedLong u -> u.bigIntegerValue().bitLength() < Long.SIZE ? (Object) u.longValue() : (Object) u;
            case Optional<?> o -> o.map(this::value);
            case Preserved p -> value(p.value());
            case List<?> l -> {
                List<Object> all = new ArrayList<>();
                l.forEach(e -> all.add(value(e)));
                yield all;
            }
            case StructView v -> struct(v);
            case Map<?, ?> m -> {
                Map<Object, Object> all = new HashMap<>();
                m.forEach((k, e) -> all.put(value(k), value(e)));
                yield all;
            }
            default -> value;
        };
    }

    private Object struct(StructView view) {
        Map<Object, Object> all = new HashMap<>();
        for (String name : view.raw().names()) {
            if (view.set(name)) {
                all.put(name, value(view.value(name)));
            }
        }
        return all;
    }
}

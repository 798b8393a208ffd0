package io.k3j.cel;

import com.google.common.primitives.UnsignedLong;
import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.ListKind;
import io.k3j.celvalues.Made;
import io.k3j.celvalues.Preserved;
import io.k3j.celvalues.StructView;
import io.k3j.schema.Shape;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// When two values are the same, and which one comes first. What cannot be compared is different.
final class Equality {
    private Equality() {
    }

    static boolean equal(Frame f, @Nullable Object a, @Nullable Object b) {
        f.step();
        if (a == null || b == null) {
            return a == b;
        }
        return switch (a) {
            case String s -> s.equals(b);
            case Number n -> b instanceof Number m && compare(n, m).orElse(2) == 0;
            case List<?> l -> b instanceof List<?> m && lists(f, l, m);
            case StructView v when b instanceof StructView w -> structs(f, v, w);
            case Preserved p -> b instanceof Preserved q && equal(f, p.value(), q.value());
            case Map<?, ?> l -> b instanceof Map<?, ?> m && maps(f, l, m);
            case Optional<?> o -> b instanceof Optional<?> p && equal(f, o.orElse(null), p.orElse(null));
            default -> a.equals(b);
        };
    }

    private static boolean lists(Frame f, List<?> a, List<?> b) {
        if (a.size() != b.size()) {
            return false;
        }
        Shape keyed = ListKind.keyed(a);
        if (keyed != null) {
            return sets(f, a, b, keyed);
        }
        Iterator<?> other = b.iterator();
        for (Object element : a) {
            if (!equal(f, element, other.next())) {
                return false;
            }
        }
        return true;
    }

    /// Lists whose elements are found by what they are, or by their keys: each of the second one is one of the first.
    private static boolean sets(Frame f, List<?> a, List<?> b, Shape shape) {
        Map<Object, Object> first = HashMap.newHashMap(a.size());
        a.forEach(e -> first.put(HashKey.of(f, shape, e), e));
        boolean set = shape.listType() == Shape.ListType.SET;
        for (Object element : b) {
            Object other = first.get(HashKey.of(f, shape, element));
            if (other == null || !set && !equal(f, other, element)) {
                return false;
            }
        }
        return true;
    }

    /// By the fields' own names, seen or not; one that is null is none.
    private static boolean structs(Frame f, StructView a, StructView b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (String name : a.raw().names()) {
            boolean set = a.set(name);
            if (set != b.set(name) || set && !equal(f, a.value(name), b.value(name))) {
                return false;
            }
        }
        return true;
    }

    private static boolean maps(Frame f, Map<?, ?> a, Map<?, ?> b) {
        if (a.size() != b.size()
                || a instanceof Made m && b instanceof Made n && !m.type().equals(n.type())) {
            return false;
        }
        for (Map.Entry<?, ?> entry : a.entrySet()) {
            Object other = find(b, entry.getKey());
            if (other == null || !equal(f, entry.getValue(), other)) {
                return false;
            }
        }
        return true;
    }

    /// Whether a map has the key itself: one that answers for keys it has not says so.
    static boolean holds(Map<?, ?> map, @Nullable Object key) {
        return find(map, key) != null && (!(key instanceof String) || map.containsKey(key));
    }

    /// A value by its key: whole numbers are one key, whatever their type.
    static @Nullable Object find(Map<?, ?> map, @Nullable Object key) {
        Object found = map.get(key);
        if (found != null || !(key instanceof Number n)) {
            return found;
        }
        double d = n.doubleValue();
        if (d == Math.rint(d) && Math.abs(d) < 0x1p63) {
            long whole = key instanceof Double ? (long) d : n.longValue();
            Object byLong = map.get(whole);
            return byLong == null && whole >= 0 ? map.get(UnsignedLong.valueOf(whole)) : byLong;
        }
        return null;
    }

    /// Numbers of any types; empty with NaN.
    static OptionalInt compare(Number a, Number b) {
        if (a instanceof Long x && b instanceof Long y) {
            return OptionalInt.of(Long.compare(x, y));
        }
        if (a instanceof Double || b instanceof Double) {
            double x = a.doubleValue();
            double y = b.doubleValue();
            return Double.isNaN(x) || Double.isNaN(y) ? OptionalInt.empty()
                    : OptionalInt.of(x < y ? -1 : x > y ? 1 : 0);
        }
        if (a instanceof UnsignedLong x && b instanceof UnsignedLong y) {
            return OptionalInt.of(x.compareTo(y));
        }
        return a instanceof Long x
                ? OptionalInt.of(x < 0 ? -1 : UnsignedLong.valueOf(x).compareTo((UnsignedLong) b))
                : OptionalInt.of(-compare(b, a).orElse(0));
    }

    /// Two values of one type that has an order.
    @SuppressWarnings({"unchecked", "rawtypes"})
    static int order(Object a, Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return compare(x, y).orElse(0);
        }
        if (a instanceof dev.cel.common.values.CelByteString x && b instanceof dev.cel.common.values.CelByteString y) {
            return dev.cel.common.values.CelByteString.unsignedLexicographicalComparator().compare(x, y);
        }
        if (a.getClass() != b.getClass() || !(a instanceof Comparable c)) {
            throw EvalFailure.noSuchOverload();
        }
        return Integer.signum(c.compareTo(b));
    }
}

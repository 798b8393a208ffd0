package io.k3j.cel;

import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.BYTES;
import static dev.cel.common.types.SimpleType.DOUBLE;
import static dev.cel.common.types.SimpleType.DURATION;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;
import static dev.cel.common.types.SimpleType.TIMESTAMP;
import static dev.cel.common.types.SimpleType.UINT;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.TypeParamType;
import io.k3j.celvalues.EvalFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/// Upstream's list library.
final class Lists {
    private static final CelType A = TypeParamType.create("A");
    /// Types whose values have an order, by their names in overloads.
    static final Map<String, CelType> ORDERED = ordered();

    private Lists() {
    }

    private static Map<String, CelType> ordered() {
        Map<String, CelType> types = new LinkedHashMap<>();
        for (CelType t : List.of(INT, UINT, DOUBLE, BOOL, STRING, BYTES)) {
            types.put(t.name(), t);
        }
        types.put("duration", DURATION);
        types.put("timestamp", TIMESTAMP);
        return types;
    }

    static void enter(Functions f) {
        ORDERED.forEach((name, type) -> {
            f.member("isSorted", "list_" + name + "_is_sorted_bool", BOOL, (frame, a) -> sorted(frame, (List<?>) a[0]),
                    ListType.create(type));
            f.member("max", "list_" + name + "_max_" + name, type, (frame, a) -> best(frame, (List<?>) a[0], "max", 1),
                    ListType.create(type));
            f.member("min", "list_" + name + "_min_" + name, type, (frame, a) -> best(frame, (List<?>) a[0], "min", -1),
                    ListType.create(type));
        });
        sum(f, "int", INT, 0L, (x, y) -> Failures.translated(() -> exact((Long) x, (Long) y)));
        sum(f, "uint", UINT, UnsignedLong.ZERO, (x, y) -> ((UnsignedLong) x).plus((UnsignedLong) y));
        sum(f, "double", DOUBLE, 0.0, (x, y) -> (Double) x + (Double) y);
        sum(f, "duration", DURATION, Duration.ZERO, (x, y) -> ((Duration) x).plus((Duration) y));
        f.member("indexOf", "list_a_index_of_int", INT, Lists::first, ListType.create(A), A);
        f.member("lastIndexOf", "list_a_last_index_of_int", INT, Lists::last, ListType.create(A), A);
    }

    private static long exact(long x, long y) {
        try {
            return Math.addExact(x, y);
        } catch (ArithmeticException e) {
            throw new EvalFailure("integer overflow");
        }
    }

    private static void sum(Functions f, String name, CelType type, Object zero, BinaryOperator<Object> plus) {
        f.member("sum", "list_" + name + "_sum_" + name, type, (frame, a) -> {
            Object sum = zero;
            for (Object element : (List<?>) a[0]) {
                frame.step();
                if (element.getClass() != zero.getClass()) {
                    throw EvalFailure.noSuchOverload();
                }
                sum = plus.apply(sum, element);
            }
            return sum;
        }, ListType.create(type));
    }

    private static boolean sorted(Frame frame, List<?> list) {
        Object before = null;
        for (Object element : list) {
            frame.step();
            if (before != null && Equality.order(before, element) > 0) {
                return false;
            }
            before = element;
        }
        return true;
    }

    private static Object best(Frame frame, List<?> list, String name, int sign) {
        Object best = null;
        for (Object element : list) {
            frame.step();
            if (best == null || Equality.order(element, best) == sign) {
                best = element;
            }
        }
        if (best == null) {
            throw new EvalFailure(name + " called on empty list");
        }
        return best;
    }

    private static Object first(Frame frame, Object[] a) {
        long index = 0;
        for (Object element : (List<?>) a[0]) {
            if (Equality.equal(frame, element, a[1])) {
                return index;
            }
            index++;
        }
        return -1L;
    }

    private static Object last(Frame frame, Object[] a) {
        long index = 0;
        long found = -1;
        for (Object element : (List<?>) a[0]) {
            if (Equality.equal(frame, element, a[1])) {
                found = index;
            }
            index++;
        }
        return found;
    }
}

package io.k3j.cel;

import dev.cel.common.values.CelByteString;
import io.k3j.apimachinery.GoDuration;
import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.ListKind;
import io.k3j.schema.Shape;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Functions of the language itself that are ours, and not cel-java's: what looks into values of callers, is called
/// most often, or says something else in upstream's engine.
final class Standard {
    private static final List<Class<?>> TWO = List.of(Object.class, Object.class);

    private Standard() {
    }

    static void enter(Functions f) {
        f.put("equals", TWO, (frame, a) -> Equality.equal(frame, a[0], a[1]));
        f.put("not_equals", TWO, (frame, a) -> !Equality.equal(frame, a[0], a[1]));
        f.put("in_list", List.of(Object.class, List.class),
                (frame, a) -> ((List<?>) a[1]).stream().anyMatch(e -> Equality.equal(frame, e, a[0])));
        f.put("in_map", List.of(Object.class, Map.class), (_, a) -> Equality.holds((Map<?, ?>) a[1], a[0]));
        f.put("index_list", List.of(List.class, Number.class), (_, a) -> at((List<?>) a[0], (Number) a[1]));
        f.put("index_map", List.of(Map.class, Object.class), (_, a) -> at((Map<?, ?>) a[0], a[1]));
        f.put("type", List.of(Object.class), (_, a) -> TypeName.of(a[0]));
        f.put("to_dyn", List.of(Object.class), (_, a) -> a[0]);
        f.put("list_optindex_optional_int", List.of(List.class, Number.class),
                (_, a) -> maybe((List<?>) a[0], (Number) a[1]));
        f.put("map_optindex_optional_value", TWO,
                (_, a) -> Optional.ofNullable(a[0] instanceof Map<?, ?> m ? Equality.find(m, a[1]) : null));
        adding(f);
        times(f);
        f.put("cel_@mapInsert_map_map", List.of(Map.class, Map.class), (_, a) -> inserted(a[0], (Map<?, ?>) a[1]));
        f.put("cel_@mapInsert_map_key_value", List.of(Map.class, Object.class, Object.class),
                (_, a) -> inserted(a[0], Map.of(a[1], a[2])));
    }

    private static void adding(Functions f) {
        f.put("add_string", List.of(String.class, String.class), (_, a) -> {
            String x = (String) a[0];
            String y = (String) a[1];
            Strings.bounded((long) x.length() + y.length());
            return x + y;
        });
        f.put("add_bytes", List.of(CelByteString.class, CelByteString.class), (_, a) -> {
            Strings.bounded((long) ((CelByteString) a[0]).size() + ((CelByteString) a[1]).size());
            return ((CelByteString) a[0]).concat((CelByteString) a[1]);
        });
        f.put("add_list", List.of(List.class, List.class), Standard::added);
    }

    private static void times(Functions f) {
        f.put("string_to_duration", List.of(String.class), (_, a) -> duration((String) a[0]));
        f.put("string_to_timestamp", List.of(String.class), (_, a) -> timestamp((String) a[0]));
        f.put("duration_to_string", List.of(Duration.class), (_, a) -> text((Duration) a[0]));
        f.put("timestamp_to_string", List.of(Instant.class), (_, a) -> text((Instant) a[0]));
        f.put("string_to_int64", List.of(String.class), (_, a) -> whole((String) a[0]));
        f.put("modulo_int64", List.of(Long.class, Long.class), (_, a) -> {
            if ((Long) a[1] == 0) {
                throw new EvalFailure("modulus by zero");
            }
            return (Long) a[0] % (Long) a[1];
        });
    }

    /// Lists that are sets or maps are merged, as their schema says; others are put behind each other.
    private static Object added(Frame frame, Object[] a) {
        List<?> first = (List<?>) a[0];
        List<?> second = (List<?>) a[1];
        if (first instanceof Fold.Growing growing) {
            growing.addAll(second);
            return growing;
        }
        Shape keyed = ListKind.keyed(first);
        return keyed == null ? new Concatenated(first, second) : Merged.of(frame, first, second, keyed);
    }

    private static Object at(List<?> list, Number index) {
        return maybe(list, index).orElseThrow(() -> new EvalFailure("index out of bounds: " + index));
    }

    private static Optional<Object> maybe(List<?> list, Number index) {
        double d = index.doubleValue();
        if (d != Math.rint(d) || d < 0 || d >= list.size()) {
            return Optional.empty();
        }
        return Optional.of(list.get(index.intValue()));
    }

    private static Object at(Map<?, ?> map, Object key) {
        Object value = Equality.find(map, key);
        if (value == null) {
            throw EvalFailure.noSuchKey(key);
        }
        return value;
    }

    private static Object inserted(Object into, Map<?, ?> more) {
        Map<Object, Object> map = into instanceof Fold.GrowingMap g ? g
                : new java.util.LinkedHashMap<>((Map<?, ?>) into);
        more.forEach((key, value) -> {
            if (map.putIfAbsent(key, value) != null) {
                throw new EvalFailure("insert failed: key " + key + " already exists");
            }
        });
        return map;
    }

    static Duration duration(String text) {
        try {
            return GoDuration.parse(text);
        } catch (IllegalArgumentException e) {
            throw new EvalFailure(String.valueOf(e.getMessage()));
        }
    }

    static Instant timestamp(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new EvalFailure("invalid timestamp \"" + text + "\"");
        }
    }

    private static long whole(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new EvalFailure("strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
        }
    }

    /// RFC 3339 with as many digits behind the point as it has.
    static String text(Instant t) {
        String fraction = t.getNano() == 0 ? ""
                : "." + String.format("%09d", t.getNano()).replaceFirst("0+$", "");
        return t.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString().replace("Z", fraction + "Z");
    }

    /// In seconds, with as many digits behind the point as it has.
    static String text(Duration d) {
        String digits = java.math.BigDecimal.valueOf(d.getSeconds())
                .add(java.math.BigDecimal.valueOf(d.getNano(), 9)).stripTrailingZeros().toPlainString();
        return digits + "s";
    }
}

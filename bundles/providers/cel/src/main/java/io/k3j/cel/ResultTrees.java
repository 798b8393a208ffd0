package io.k3j.cel;

import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import io.k3j.celvalues.Escaped;
import io.k3j.celvalues.Made;
import io.k3j.celvalues.Preserved;
import io.k3j.celvalues.SeqView;
import io.k3j.celvalues.StructView;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Values of the language as a tree's.
final class ResultTrees {
    /// Values in one result: what is built by doubling looks small in costs.
    private static final int MOST = 1_000_000;
    private int count;

    private ResultTrees() {
    }

    /// @throws IllegalArgumentException for what a tree cannot hold
    static Object of(Object value) {
        return new ResultTrees().convert(value, "");
    }

    /// @param path the type an object must have that stands here, empty where none is known
    private Object convert(Object value, String path) {
        if (++count > MOST) {
            throw new IllegalArgumentException("result too large");
        }
        return switch (value) {
            case StructView v -> v.raw();
            case SeqView v -> v.raw();
            case Preserved p -> p.raw();
            case Made m -> object(m, path.isEmpty() ? m.type() : path);
            case List<?> l -> list(l, path);
            case Map<?, ?> m -> map(m, path);
            case NullValue _ -> Null.NULL;
            case Instant t -> Standard.text(t);
            case Duration d -> Standard.text(d);
            case CelByteString b -> Base64.getEncoder().encodeToString(b.toByteArray());
            case Optional<?> o -> o.isPresent() ? convert(o.get(), path) : Null.NULL;
            case String s -> s;
            case Long l -> l;
            case Double d -> d;
            case Boolean b -> b;
            case com.google.common.primitives.UnsignedLong u -> u.longValue();
            default -> throw new IllegalArgumentException(
                    "a value of type " + TypeName.of(value).name() + " is no part of an object");
        };
    }

    private Object object(Made made, String wanted) {
        if (!made.type().equals(wanted)) {
            throw new IllegalArgumentException("unexpected type name \"" + made.type() + "\", expected \"" + wanted
                    + "\", which matches field name path from root Object type");
        }
        Struct.Builder b = Struct.builder();
        made.entrySet().forEach(e -> b.put(name(e.getKey()), convert(e.getValue(),
                made.type().equals("JSONPatch") ? "" : wanted + "." + e.getKey())));
        return b.build();
    }

    private static String name(Object key) {
        String name = Escaped.unescape(key.toString());
        return name == null ? key.toString() : name;
    }

    private Object list(List<?> list, String path) {
        List<Object> all = new ArrayList<>(Math.min(list.size(), MOST));
        for (Object element : list) {
            all.add(convert(element, path));
        }
        return Seq.copyOf(all);
    }

    private Object map(Map<?, ?> map, String path) {
        Struct.Builder b = Struct.builder();
        map.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException("map key " + key + " is not string");
            }
            b.put(name, convert(value, path));
        });
        return b.build();
    }
}

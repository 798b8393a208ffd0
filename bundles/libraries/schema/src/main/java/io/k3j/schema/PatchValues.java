package io.k3j.schema;

import io.k3j.apimachinery.GoPrint;
import io.k3j.apimachinery.PatchFailure;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Values of a strategic merge patch: what they have to be, in upstream's words where they are not. Pure.
final class PatchValues {
    private PatchValues() {
    }

    /// A value of the patch that is merged with nothing: without nulls, and without what has `$patch`. Null: there is
    /// nothing left.
    static @Nullable Object fresh(Object value) {
        switch (value) {
            case Struct s when s.has(StrategicMerge.PATCH) -> {
                return null;
            }
            case Struct s -> {
                Struct.Builder kept = Struct.builder();
                for (String name : s.names()) {
                    Object left = s.get(name) instanceof Object child && child != Null.NULL ? fresh(child) : null;
                    if (left != null) {
                        kept.put(name, left);
                    }
                }
                return kept.build();
            }
            case Seq s -> {
                // without a stream, whose frames at every level a body as deep as may be has no room for
                List<Object> kept = new ArrayList<>(s.size());
                for (Object element : s) {
                    Object left = fresh(element);
                    if (left != null) {
                        kept.add(left);
                    }
                }
                return Seq.copyOf(kept);
            }
            default -> {
                return value;
            }
        }
    }

    /// A value that has to be a list.
    /// @throws PatchFailure when it is none
    static Seq listed(Object value) {
        if (value instanceof Seq list) {
            return list;
        }
        throw new PatchFailure("expected a []interface {}, but received a " + kind(value), PatchFailure.UNKNOWN);
    }

    /// As `reflect` names what JSON was read into.
    private static String kind(Object value) {
        return switch (value) {
            case Struct s -> "map[string]interface {}";
            case String s -> "string";
            case Boolean b -> "bool";
            case Long l -> "int64";
            case Double d -> "float64";
            default -> "%!s(<nil>)";
        };
    }

    /// An element of a patch, which must have the merge key.
    static Struct keyed(Struct element, String key) {
        if (!element.has(key)) {
            throw new PatchFailure("map: " + GoPrint.value(element) + " does not contain declared merge key: " + key,
                    PatchFailure.UNKNOWN);
        }
        return element;
    }

    /// What is said of a `$patch` that there is not.
    static PatchFailure unknown(Object directive, Struct changes) {
        return new PatchFailure("unknown patch type: " + GoPrint.value(directive) + " in map: "
                + GoPrint.value(changes), PatchFailure.UNKNOWN);
    }
}

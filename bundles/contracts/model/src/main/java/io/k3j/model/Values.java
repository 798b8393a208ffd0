package io.k3j.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What may stand in a tree.
final class Values {
    private Values() {
    }

    /// The tree form of a Java value: numbers widened, lists and maps copied.
    /// @throws IllegalArgumentException for anything a tree cannot hold
    static Object of(@Nullable Object value) {
        return switch (value) {
            case null -> Null.NULL;
            case Struct s -> s;
            case Seq s -> s;
            case String s -> s;
            case Long l -> l;
            case Boolean b -> b;
            case Double d -> d;
            case Null n -> n;
            case Integer i -> (long) i;
            case Short i -> (long) i;
            case Byte i -> (long) i;
            case Float f -> (double) f;
            case Enum<?> e -> e.name();
            case List<?> l -> Seq.copyOf(l);
            case Map<?, ?> m -> Struct.copyOf(m);
            default -> throw new IllegalArgumentException("not a tree value: " + value.getClass().getName());
        };
    }
}

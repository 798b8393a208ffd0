package io.k3j.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import io.k3j.celvalues.Made;
import io.k3j.celvalues.Opaque;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A type as a value: what `type(x)` gives, and what `int` is where it stands alone.
record TypeName(String name) {
    static TypeName of(Object value) {
        return new TypeName(switch (value) {
            case Boolean _ -> "bool";
            case Long _ -> "int";
            case com.google.common.primitives.UnsignedLong _ -> "uint";
            case Double _ -> "double";
            case String _ -> "string";
            case CelByteString _ -> "bytes";
            case Instant _ -> "google.protobuf.Timestamp";
            case Duration _ -> "google.protobuf.Duration";
            case NullValue _ -> "null_type";
            case List<?> _ -> "list";
            case Made m -> m.type();
            case Map<?, ?> _ -> "map";
            case Optional<?> _ -> "optional_type";
            case TypeName _ -> "type";
            case Opaque o -> o.type().name();
            default -> value.getClass().getSimpleName();
        });
    }

    /// As compile errors of upstream name a type.
    static String of(CelType type) {
        return switch (type.kind()) {
            case LIST -> "list(" + of(type.parameters().getFirst()) + ")";
            case MAP -> "map(" + of(type.parameters().get(0)) + ", " + of(type.parameters().get(1)) + ")";
            case TIMESTAMP -> "timestamp";
            case DURATION -> "duration";
            case NULL_TYPE -> "null";
            case DYN, ANY -> "dyn";
            default -> type.name();
        };
    }
}

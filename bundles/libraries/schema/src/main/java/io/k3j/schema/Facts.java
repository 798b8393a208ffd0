package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.schema.Shape.Type;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is said of a value where it stands: the half of a [Shape] that is never shared.
///
/// @param definition upstream's name of the type, empty when inline
/// @param description read when asked for, since most are never shown
/// @param items null where nothing was said about elements or values; an ANY that has items stands for a schema or
///     something else
/// @param flags the bits below; the lower 16 are those of `schema.bin`, where the ones not named here say which parts
///     follow
/// @param defaultValue a tree's value, null for none
/// @param choices the values of `enum`, empty for any
record Facts(Type type, String definition, Supplier<String> description, @Nullable Shape items, int flags,
        String mergeKey, List<String> mapKeys, @Nullable Object defaultValue, Seq choices, String format,
        SchemaRules rules) {
    /// The bits up to 1024 are written by `BinWriter` of `build/schema-gen` and must be the same there.
    static final int WRAPPED = 4;
    static final int PATCH_MERGE = 8;
    static final int RETAIN_KEYS = 16;
    static final int PATCH_REPLACE = 32;
    static final int LIST_SET = 128;
    static final int LIST_MAP = 256;
    static final int ATOMIC = 512;
    static final int GRANULAR = 1024;
    /// From here on bits of CRDs only; they are in memory and in no file.
    static final int KEEPS_UNKNOWN = 1 << 16;
    static final int EMBEDDED = 1 << 17;
    static final int NULLABLE = 1 << 18;

    /// Of a definition that stands by itself: its description is its body's.
    static final Supplier<String> SILENT = () -> "";

    /// Nothing but a type, as the type fields of a custom resource have.
    static Facts of(Type type) {
        return new Facts(type, "", SILENT, null, 0, "", List.of(), null, Seq.EMPTY, format(type), SchemaRules.NONE);
    }

    /// The same with another default.
    Facts otherwise(Object value) {
        return new Facts(type, definition, description, items, flags, mergeKey, mapKeys, value, choices, format, rules);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /// The OpenAPI format that upstream's `kube-openapi` gives a Go type; empty for none.
    static String format(Type type) {
        return switch (type) {
            case INT32 -> "int32";
            case INT64 -> "int64";
            case NUMBER -> "double";
            case BYTES -> "byte";
            case TIME, MICRO_TIME -> "date-time";
            case INT_OR_STRING -> "int-or-string";
            default -> "";
        };
    }
}

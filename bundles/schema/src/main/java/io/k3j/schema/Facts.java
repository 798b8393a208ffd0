package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.schema.Shape.Type;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is said of a value where it stands.
record Facts(Type type, String definition, Supplier<String> description, @Nullable Shape items, int flags,
        String mergeKey, List<String> mapKeys, @Nullable Object defaultValue, Seq choices, String format, Rules rules) {
    static final int WRAPPED = 4;
    static final int PATCH_MERGE = 8;
    static final int RETAIN_KEYS = 16;
    static final int PATCH_REPLACE = 32;
    static final int LIST_SET = 128;
    static final int LIST_MAP = 256;
    static final int ATOMIC = 512;
    static final int GRANULAR = 1024;
    static final int KEEPS_UNKNOWN = 1 << 16;
    static final int EMBEDDED = 1 << 17;
    static final int NULLABLE = 1 << 18;
    /// Of a CRD: the list type was written down.
    static final int LIST_TOLD = 1 << 19;

    static final Supplier<String> SILENT = () -> "";

    static Facts of(Type type) {
        return new Facts(type, "", SILENT, null, 0, "", List.of(), null, Seq.EMPTY, format(type), Rules.NONE);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /// The OpenAPI format of a type.
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

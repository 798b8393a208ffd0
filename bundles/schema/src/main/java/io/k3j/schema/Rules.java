package io.k3j.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a CRD demands of a value beyond its type. Numbers are null when there is no such bound.
public record Rules(@Nullable Double minimum, boolean exclusiveMinimum, @Nullable Double maximum,
        boolean exclusiveMaximum, @Nullable Double multipleOf, @Nullable Long minLength, @Nullable Long maxLength,
        @Nullable Long minItems, @Nullable Long maxItems, boolean uniqueItems, @Nullable Long minProperties,
        @Nullable Long maxProperties, String pattern, List<Shape> allOf, List<Shape> anyOf, List<Shape> oneOf,
        @Nullable Shape not, List<String> required, List<Cel> cel) {
    /// No demands.
    public static final Rules NONE = new Rules(null, false, null, false, null, null, null, null, null, false, null,
            null, "", List.of(), List.of(), List.of(), null, List.of(), List.of());

    /// One `x-kubernetes-validations` rule, as written.
    public record Cel(String rule, String message, String messageExpression, String reason, String fieldPath,
            boolean optionalOldSelf) {
    }
}

package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a CRD demands of a value beyond its type. Numbers are null when there is no such bound.
///
/// @param pattern the regular expression as written, empty for none
/// @param matches whether a text holds the pattern (RE2: linear time)
/// @param required fields that must be there, also such as have no schema
/// @param cel the `x-kubernetes-validations`
public record Rules(@Nullable Double minimum, boolean exclusiveMinimum, @Nullable Double maximum,
        boolean exclusiveMaximum, @Nullable Double multipleOf, @Nullable Long minLength, @Nullable Long maxLength,
        @Nullable Long minItems, @Nullable Long maxItems, boolean uniqueItems, @Nullable Long minProperties,
        @Nullable Long maxProperties, String pattern, Predicate<String> matches, List<Shape> allOf, List<Shape> anyOf,
        List<Shape> oneOf, @Nullable Shape not, List<String> required, List<Cel> cel) {
    /// No demands.
    public static final Rules NONE = of(Struct.EMPTY, s -> true, new Branches(List.of(), List.of(), List.of(), null));

    /// One `x-kubernetes-validations` rule, as written.
    public record Cel(String rule, String message, String messageExpression, String reason, String fieldPath,
            boolean optionalOldSelf) {
    }

    /// The schemas a value must hold beside its own.
    record Branches(List<Shape> allOf, List<Shape> anyOf, List<Shape> oneOf, @Nullable Shape not) {
    }

    static Rules of(Struct s, Predicate<String> matches, Branches b) {
        List<Cel> cel = s.seq("x-kubernetes-validations").structs().stream().map(r -> new Cel(r.text("rule"),
                r.text("message"), r.text("messageExpression"), r.text("reason"), r.text("fieldPath"),
                r.flag("optionalOldSelf"))).toList();
        return new Rules(number(s, "minimum"), s.flag("exclusiveMinimum"), number(s, "maximum"),
                s.flag("exclusiveMaximum"), number(s, "multipleOf"), count(s, "minLength"), count(s, "maxLength"),
                count(s, "minItems"), count(s, "maxItems"), s.flag("uniqueItems"), count(s, "minProperties"),
                count(s, "maxProperties"), s.text("pattern"), matches, b.allOf(), b.anyOf(), b.oneOf(), b.not(),
                List.copyOf(s.seq("required").texts()), cel);
    }

    private static @Nullable Double number(Struct s, String name) {
        return s.get(name) instanceof Number n ? (Double) n.doubleValue() : null;
    }

    private static @Nullable Long count(Struct s, String name) {
        return s.get(name) instanceof Number n ? (Long) n.longValue() : null;
    }
}

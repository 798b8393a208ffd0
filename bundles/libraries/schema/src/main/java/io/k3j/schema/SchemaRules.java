package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a CRD demands of a value beyond its type: the value validations of OpenAPI v3. Immutable. Numbers are null when
/// there is no such bound; lengths count code points, not bytes.
///
/// A rule says nothing about values of other types: a `minLength` does not make a value a string.
///
/// @param pattern the regular expression as written, empty for none
/// @param matches whether a text holds the pattern (RE2: linear time); true for all without one
/// @param allOf schemas that all have to fit
/// @param anyOf schemas of which one at least has to fit; empty demands nothing
/// @param oneOf schemas of which exactly one has to fit; empty demands nothing
/// @param not a schema that must not fit, null for none
/// @param required fields that must be there, also such as have no schema
/// @param cel the `x-kubernetes-validations`, as written and not compiled
public record SchemaRules(@Nullable Double minimum, boolean exclusiveMinimum, @Nullable Double maximum,
        boolean exclusiveMaximum, @Nullable Double multipleOf, @Nullable Long minLength, @Nullable Long maxLength,
        @Nullable Long minItems, @Nullable Long maxItems, boolean uniqueItems, @Nullable Long minProperties,
        @Nullable Long maxProperties, String pattern, Predicate<String> matches, List<Shape> allOf, List<Shape> anyOf,
        List<Shape> oneOf, @Nullable Shape not, List<String> required, List<Cel> cel) {
    /// No demands: what built-in types have.
    public static final SchemaRules NONE = of(Struct.EMPTY, s -> true,
            new Branches(List.of(), List.of(), List.of(), null));

    /// One `x-kubernetes-validations` rule, as written; a part that is missing is empty. See "Extend the Kubernetes API
    /// with CustomResourceDefinitions", "Validation rules".
    ///
    /// @param rule the expression
    /// @param message what is told when it is false
    /// @param messageExpression an expression for that, in place of `message`
    /// @param reason of the `Status`, as `FieldValueInvalid`
    /// @param fieldPath the field that is blamed
    /// @param optionalOldSelf whether a rule about `oldSelf` is asked on create as well
    public record Cel(String rule, String message, String messageExpression, String reason, String fieldPath,
            boolean optionalOldSelf) {
    }

    /// The schemas a value must hold beside its own. Apart from the rest, because making them needs shapes.
    record Branches(List<Shape> allOf, List<Shape> anyOf, List<Shape> oneOf, @Nullable Shape not) {
    }

    /// What a schema says.
    ///
    /// @param matches made by the caller, who knows what an invalid pattern means
    static SchemaRules of(Struct s, Predicate<String> matches, Branches b) {
        List<Cel> cel = s.seq("x-kubernetes-validations").structs().stream().map(r -> new Cel(r.text("rule"),
                r.text("message"), r.text("messageExpression"), r.text("reason"), r.text("fieldPath"),
                r.flag("optionalOldSelf"))).toList();
        return new SchemaRules(number(s, "minimum"), s.flag("exclusiveMinimum"), number(s, "maximum"),
                s.flag("exclusiveMaximum"), number(s, "multipleOf"), count(s, "minLength"), count(s, "maxLength"),
                count(s, "minItems"), count(s, "maxItems"), s.flag("uniqueItems"), count(s, "minProperties"),
                count(s, "maxProperties"), s.text("pattern"), matches, b.allOf(), b.anyOf(), b.oneOf(), b.not(),
                List.copyOf(s.seq("required").texts()), cel);
    }

    /// Null for what is no number: [StructuralCheck] is not asked here.
    private static @Nullable Double number(Struct s, String name) {
        return s.get(name) instanceof Number n ? (Double) n.doubleValue() : null;
    }

    private static @Nullable Long count(Struct s, String name) {
        return s.get(name) instanceof Number n ? (Long) n.longValue() : null;
    }
}

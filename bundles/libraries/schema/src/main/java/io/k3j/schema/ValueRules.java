package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Bounds, patterns and formats of one value, in upstream's words. A rule for another type than the value's says
/// nothing. For one value; what is found goes to the list of the walk.
final class ValueRules {
    private final List<Violation> found;
    /// That of the value; in messages as well.
    private final String path;

    ValueRules(List<Violation> found, String path) {
        this.found = found;
        this.path = path;
    }

    /// @param v a value whose type was checked already, where the shape has one
    void check(Shape shape, Object v) {
        SchemaRules r = shape.rules();
        switch (v) {
            case Long l -> number(r, l, v);
            case Double d -> number(r, d, v);
            case String s -> text(r, s);
            case Seq s -> list(r, s);
            case Struct s -> struct(r, s);
            default -> {
            }
        }
        if (!shape.format().isEmpty() && !Formats.valid(shape.format(), v)) {
            found.add(new Violation(path, "FieldValueTypeInvalid", "Invalid value: " + Flow.text(v) + ": " + path
                    + " in body must be of type " + shape.format() + ": "
                    + Flow.text(v instanceof String ? v : Flow.text(v))));
        }
    }

    /// Compared as doubles, as upstream does: whole numbers beyond 2^53 lose digits.
    private void number(SchemaRules r, double n, Object v) {
        if (r.minimum() != null && (r.exclusiveMinimum() ? n <= r.minimum() : n < r.minimum())) {
            invalid(v,
                    "should be greater than " + (r.exclusiveMinimum() ? "" : "or equal to ") + Flow.text(r.minimum()));
        }
        if (r.maximum() != null && (r.exclusiveMaximum() ? n >= r.maximum() : n > r.maximum())) {
            invalid(v, "should be less than " + (r.exclusiveMaximum() ? "" : "or equal to ") + Flow.text(r.maximum()));
        }
        if (r.multipleOf() != null && r.multipleOf() > 0 && n / r.multipleOf() != Math.rint(n / r.multipleOf())) {
            invalid(v, "should be a multiple of " + Flow.text(r.multipleOf()));
        }
    }

    /// Length is counted in code points, although the message says bytes: so is upstream's.
    private void text(SchemaRules r, String s) {
        long length = s.codePointCount(0, s.length());
        if (more(length, r.maxLength())) {
            found.add(new Violation(path, "FieldValueTooLong",
                    "Too long: may not be more than " + r.maxLength() + " bytes"));
        }
        if (less(length, r.minLength())) {
            invalid(s, "should be at least " + r.minLength() + " chars long");
        }
        if (!r.pattern().isEmpty() && !r.matches().test(s)) {
            invalid(s, "should match '" + r.pattern() + "'");
        }
    }

    private void list(SchemaRules r, Seq s) {
        if (more(s.size(), r.maxItems())) {
            tooMany(s.size(), r.maxItems());
        }
        if (less(s.size(), r.minItems())) {
            invalid(s, "should have at least " + r.minItems() + " items");
        }
        if (r.uniqueItems() && new HashSet<>(s.stream().toList()).size() < s.size()) {
            invalid(s, "shouldn't contain duplicates");
        }
    }

    private void struct(SchemaRules r, Struct s) {
        if (more(s.size(), r.maxProperties())) {
            tooMany(s.size(), r.maxProperties());
        }
        if (less(s.size(), r.minProperties())) {
            invalid(s, "should have at least " + r.minProperties() + " properties");
        }
    }

    private void tooMany(int size, @Nullable Long most) {
        found.add(new Violation(path, "FieldValueTooMany",
                "Too many: " + size + ": must have at most " + most + " items"));
    }

    /// False where there is no bound.
    private static boolean more(long size, @Nullable Long most) {
        return most != null && size > most;
    }

    private static boolean less(long size, @Nullable Long least) {
        return least != null && size < least;
    }

    private void invalid(Object v, String detail) {
        found.add(new Violation(path, "FieldValueInvalid", "Invalid value: " + Flow.text(v) + ": " + path + " in body "
                + detail));
    }
}

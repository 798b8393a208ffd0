package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Quantity;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Collects what is wrong with an object, at a place in it. All places of one object share one list.
final class Problems {
    private final List<FieldProblem> found;
    private final String path;

    private Problems(List<FieldProblem> found, String path) {
        this.found = found;
        this.path = path;
    }

    /// An empty collection, at the root.
    static Problems none() {
        return new Problems(new ArrayList<>(), "");
    }

    /// The same collection at a place below.
    Problems at(String field) {
        return new Problems(found, path.isEmpty() ? field : path + "." + field);
    }

    /// The same collection at an element.
    Problems at(String field, int index) {
        return new Problems(found, at(field).path + "[" + index + "]");
    }

    /// The same collection at a map's entry.
    Problems key(String key) {
        return new Problems(found, path + "[" + key + "]");
    }

    /// What was found, in order.
    List<FieldProblem> found() {
        return found;
    }

    /// Where this is, for those who write problems of their own.
    String path() {
        return path;
    }

    void add(FieldProblem problem) {
        found.add(problem);
    }

    void addAll(List<FieldProblem> problems) {
        found.addAll(problems);
    }

    void invalid(@Nullable Object value, String why) {
        found.add(FieldProblem.invalid(path, value == null ? "null" : value, why));
    }

    void invalid(Object value, List<String> whys) {
        whys.forEach(w -> invalid(value, w));
    }

    void required(String why) {
        found.add(FieldProblem.required(path, why));
    }

    void forbidden(String why) {
        found.add(FieldProblem.forbidden(path, why));
    }

    void duplicate(Object value) {
        found.add(FieldProblem.duplicate(path, value));
    }

    void notFound(Object value) {
        found.add(FieldProblem.notFound(path, value));
    }

    /// The text in a field must be there.
    boolean present(Struct of, String field) {
        boolean there = !of.text(field).isEmpty();
        if (!there) {
            at(field).required("");
        }
        return there;
    }

    /// The text in a field, when there, must be one of a set.
    void oneOf(Struct of, String field, List<String> allowed) {
        String value = of.text(field);
        if (!value.isEmpty() && !allowed.contains(value)) {
            unsupported(at(field).path, value, allowed);
        }
    }

    /// The text in a field must be there and one of a set.
    void requiredOneOf(Struct of, String field, List<String> allowed) {
        if (present(of, field)) {
            oneOf(of, field, allowed);
        }
    }

    private void unsupported(String where, String value, List<String> allowed) {
        String list = String.join(", ", allowed.stream().map(s -> "\"" + s + "\"").toList());
        found.add(FieldProblem.unsupported(where, value, list));
    }

    /// The number in a field, when there, must not be negative.
    void notNegative(Struct of, String field) {
        if (of.has(field) && of.whole(field, 0) < 0) {
            at(field).invalid(of.whole(field, 0), "must be greater than or equal to 0");
        }
    }

    /// The number in a field, when there, must be above zero.
    void positive(Struct of, String field) {
        if (of.has(field) && of.whole(field, 1) <= 0) {
            at(field).invalid(of.whole(field, 0), "must be greater than zero");
        }
    }

    /// A field must not have changed.
    void immutable(Struct before, Struct after, String field) {
        if (!Objects.equals(before.get(field), after.get(field))) {
            at(field).invalid(after.get(field), "field is immutable");
        }
    }

    /// A field must be a quantity that is not negative.
    @Nullable
    Quantity quantity(Struct of, String field) {
        try {
            Quantity q = Quantity.of(of.get(field));
            if (q.signum() < 0) {
                at(field).invalid(q.toString(), "must be greater than or equal to 0");
            }
            return q;
        } catch (IllegalArgumentException e) {
            at(field).invalid(of.get(field), String.valueOf(e.getMessage()));
            return null;
        }
    }

    /// A number or a percentage that is not negative.
    void countOrPercent(Struct of, String field) {
        Object value = of.get(field);
        if (value instanceof Long l && l < 0) {
            at(field).invalid(l, "must be greater than or equal to 0");
        } else if (value instanceof String s && !percent(s)) {
            at(field).invalid(s, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',"
                    + "  or '93%', regex used for validation is '[0-9]+%')");
        }
    }

    private static boolean percent(String s) {
        return s.length() > 1 && s.endsWith("%")
                && s.chars().limit(s.length() - 1L).allMatch(c -> c >= '0' && c <= '9');
    }

    /// Names in a list must not repeat; the value of a field that tells elements apart.
    void unique(Seq list, String listField, String keyField) {
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < list.size(); i++) {
            String name = list.struct(i).text(keyField);
            if (!name.isEmpty() && !seen.add(name)) {
                at(listField, i).at(keyField).duplicate(name);
            }
        }
    }
}

package io.k3j.schema;

import io.k3j.apimachinery.ValueKey;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Checks a custom resource against its shape, with upstream's messages: those of `kube-openapi/pkg/validation`, turned
/// into field errors as `apiextensions-apiserver` does. Expressions (`SchemaRules.cel`) are not run here. Pure; any
/// thread; throws nothing.
///
/// The first [FieldPaths#MOST] violations are told and one more, each in [Violation#LONGEST] characters: a list may
/// have as many as it has elements, and each shows a value. Takes as long as the object is large times the branches
/// that have to be tried; `SchemaBounds` of `resources-crd` bounds these.
public final class Validation {
    /// Up to so many values of `enum` are compared one by one.
    private static final int FEW_CHOICES = 32;
    private final List<Violation> found = new ArrayList<>();
    /// Missing types of objects within the object: told whatever has changed. Null where they are not asked for.
    private final @Nullable List<Violation> types;
    private final int most;
    private final Map<Seq, Set<Object>> choices;

    private Validation(int most, Map<Seq, Set<Object>> choices, @Nullable List<Violation> types) {
        this.most = most;
        this.choices = choices;
        this.types = types;
    }

    /// Everything wrong with the object; empty when it is valid.
    ///
    /// @param shape that of the kind
    /// @param object pruned and defaulted: unknown fields are not looked for here
    public static List<Violation> check(Shape shape, Struct object) {
        return check(shape, object, "");
    }

    /// Everything wrong with any value that stands at a path, as the status does. The type of an object within it is
    /// not asked for, as upstream does not when a status is written.
    ///
    /// @param value a tree's value
    /// @param path begins every path that is told; empty for a whole object
    public static List<Violation> check(Shape shape, Object value, String path) {
        return walked(shape, value, path, null);
    }

    /// Everything wrong with a value that replaces another one, but for what was wrong before and has not changed
    /// (`CRDValidationRatcheting`): a value that is what it was is not refused. Elements that are there twice are not
    /// told when there were such before. An object within a whole object needs its type all the same.
    ///
    /// @param before the value that is replaced, of the same shape
    /// @param path begins every path that is told; empty for a whole object
    public static List<Violation> update(Shape shape, Object before, Object now, String path) {
        if (check(shape, now, path).isEmpty()) {
            return List.of();
        }
        List<Violation> all = walked(shape, now, path, Correlation.of(shape, before, now));
        boolean ratcheted = all.stream().anyMatch(Validation::duplicate)
                && check(shape, before, path).stream().anyMatch(Validation::duplicate);
        return ratcheted ? all.stream().filter(v -> !duplicate(v)).toList() : all;
    }

    private static boolean duplicate(Violation violation) {
        return violation.reason().equals("FieldValueDuplicate");
    }

    private static List<Violation> walked(Shape shape, Object value, String path, @Nullable Correlation correlation) {
        List<Violation> types = path.isEmpty() ? new ArrayList<>() : null;
        Validation walk = new Validation(FieldPaths.MOST + 1, new IdentityHashMap<>(), types);
        walk.value(shape, value, path, correlation);
        if (types != null) {
            types.forEach(walk::add);
        }
        return walk.found;
    }

    private boolean full() {
        return found.size() >= most;
    }

    /// @param c what the value was, null when it is new or nobody can tell
    private void value(Shape shape, Object v, String path, @Nullable Correlation c) {
        int begin = found.size();
        judge(shape, v, path, c);
        if (c != null && found.size() > begin && c.unchanged()) {
            found.subList(begin, found.size()).clear();
        }
    }

    private void judge(Shape shape, Object v, String path, @Nullable Correlation c) {
        if (full() || v == Null.NULL && shape.nullable()) {
            return;
        }
        if (!ValueTypes.fits(shape.type(), v)) {
            add(path, "FieldValueTypeInvalid", "Invalid value: \"" + ValueTypes.name(v) + "\": " + path
                    + " in body must be of type " + ValueTypes.wanted(shape) + ": \"" + ValueTypes.name(v) + "\"");
            return;
        }
        choices(shape, v, path);
        new ValueRules(found, path).check(shape, v);
        switch (v) {
            case Struct s -> struct(shape, s, path, c);
            case Seq s -> seq(shape, s, path, c);
            default -> {
            }
        }
        branches(shape, v, path);
    }

    private void add(String path, String reason, String message) {
        add(new Violation(path, reason, message));
    }

    private void add(Violation violation) {
        if (!full()) {
            found.add(violation);
        }
    }

    /// `enum`. Texts stand in quotes once, other values as JSON in quotes, as upstream prints them.
    private void choices(Shape shape, Object v, String path) {
        if (!shape.choices().isEmpty() && !among(shape.choices(), v)) {
            List<String> texts = shape.choices().stream().limit(Violation.LONGEST)
                    .map(c -> c instanceof String ? Flow.text(c)
                            : "\"" + Flow.text(c) + "\"")
                    .toList();
            add(path, "FieldValueNotSupported", "Unsupported value: " + Flow.text(v) + ": supported values: "
                    + String.join(", ", texts));
        }
    }

    private boolean among(Seq all, Object v) {
        return all.size() <= FEW_CHOICES ? all.contains(v)
                : choices.computeIfAbsent(all, a -> a.stream().map(ValueKey::of).collect(Collectors.toSet()))
                        .contains(ValueKey.of(v));
    }

    /// Required fields and the fields there are.
    private void struct(Shape shape, Struct s, String path, @Nullable Correlation c) {
        for (String name : shape.rules().required()) {
            if (!s.has(name)) {
                add(Violation.required(below(path, name), ""));
            }
        }
        if (shape.embedded()) {
            embedded(s, path);
        }
        boolean children = shape.type() == Shape.Type.OBJECT || shape.type() == Shape.Type.MAP;
        for (int i = 0; children && i < s.size() && !full(); i++) {
            Shape child = shape.child(s.name(i));
            if (child != null && child != Shape.ANY) {
                value(child, s.value(i), below(path, s.name(i)), c == null || typeField(path, s.name(i)) ? null
                        : c.field(s.name(i), child, s.value(i)));
            }
        }
    }

    /// Both objects were converted to one version, so that a change of it cannot be seen.
    private static boolean typeField(String path, String name) {
        return path.isEmpty() && (name.equals("apiVersion") || name.equals("kind"));
    }

    /// An object in an object needs its type; the name in its metadata is not asked for.
    private void embedded(Struct s, String path) {
        for (String name : List.of("apiVersion", "kind")) {
            if (types != null && types.size() < most && s.text(name).isEmpty()) {
                types.add(Violation.required(below(path, name), "must not be empty"));
            }
        }
    }

    private static String below(String path, String name) {
        return path.isEmpty() ? FieldPaths.shortened(name) : FieldPaths.longer(path, "." + name);
    }

    /// Elements, and for sets and maps that no two are the same.
    private void seq(Shape shape, Seq s, String path, @Nullable Correlation c) {
        Set<Object> seen = new HashSet<>();
        for (int i = 0; i < s.size() && !full(); i++) {
            String at = path + "[" + i + "]";
            if (shape.type() == Shape.Type.LIST) {
                value(shape.items(), s.get(i), at, c == null ? null : c.element(s.get(i)));
            }
            Object key = switch (shape.listType()) {
                case SET -> s.get(i);
                case MAP -> key(shape, s.struct(i));
                case ATOMIC -> i;
            };
            if (!seen.add(ValueKey.of(key))) {
                add(at, "FieldValueDuplicate", "Duplicate value: " + Flow.text(key));
            }
        }
    }

    /// The keys an element has; two elements without any are the same.
    static Struct key(Shape shape, Struct element) {
        Struct.Builder b = Struct.builder();
        for (String name : shape.mapKeys()) {
            Object v = element.get(name);
            if (v != null) {
                b.put(name, v);
            }
        }
        return b.build();
    }

    /// `allOf` tells what its branches found; of the others only the outcome is told.
    private void branches(Shape shape, Object v, String path) {
        SchemaRules r = shape.rules();
        String name = "\"" + path + "\"";
        int before = found.size();
        r.allOf().forEach(b -> found.addAll(branch(b, v, path, most - found.size())));
        if (found.size() > before) {
            invalid(path, v, name + " must validate all the schemas (allOf)");
        }
        if (!r.anyOf().isEmpty() && r.anyOf().stream().noneMatch(b -> branch(b, v, path, 1).isEmpty())) {
            invalid(path, v, name + " must validate at least one schema (anyOf)");
        }
        long valid = r.oneOf().stream().filter(b -> branch(b, v, path, 1).isEmpty()).count();
        if (!r.oneOf().isEmpty() && valid != 1) {
            invalid(path, v, name + " must validate one and only one schema (oneOf). Found "
                    + (valid == 0 ? "none valid" : valid + " valid alternatives"));
        }
        if (r.not() != null && branch(r.not(), v, path, 1).isEmpty()) {
            invalid(path, v, name + " must not validate the schema (not)");
        }
    }

    /// A walk of its own: what it finds is told or not, as a whole.
    private List<Violation> branch(Shape shape, Object v, String path, int bound) {
        Validation walk = new Validation(bound, choices, null);
        walk.value(shape, v, path, null);
        return walk.found;
    }

    private void invalid(String path, Object v, String detail) {
        add(path, "FieldValueInvalid", "Invalid value: " + Flow.text(v) + ": " + detail);
    }
}

package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Gvk;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import io.k3j.validation.Problems;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds missing required fields, by the kind's schema and `required.txt`, whose head describes the format. Metadata
/// and status are not checked here. Any thread; of a kind's first write the schema is read, in a few milliseconds.
final class RequiredFields {
    private static final Set<String> ELSEWHERE = Set.of("metadata", "status");
    private final Map<String, Map<String, String>> why = new HashMap<>();
    private final Map<String, Node> nodes = new HashMap<>();
    private final Set<Node> unfinished = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Gvk, Shape> shapes = new HashMap<>();
    /// Those that were written so far: to know them all, all types of the schema have to be read.
    private final Map<Gvk, Node> kinds = new ConcurrentHashMap<>();

    /// The relevant fields of a definition: required ones, and those with required fields below.
    private record Node(List<Step> steps) {
    }

    /// @param why text beside "Required value", null when the field is optional
    /// @param below requirements of the struct, or of each element of the list or map; null for none
    private record Step(Field field, @Nullable String why, @Nullable Node below) {
        /// Whether Go has a non-pointer struct here, which exists even where none is written.
        boolean always() {
            return field.required() && field.emission() == Field.Emission.ZERO
                    && field.shape().type() == Shape.Type.OBJECT;
        }

        boolean missing(@Nullable Object value) {
            return switch (value) {
                case null -> true;
                case Null n -> true;
                case String s -> s.isEmpty() && !field.pointer();
                case Seq s -> s.isEmpty();
                case Struct s -> s.isEmpty() && (field.shape().type() == Shape.Type.MAP || always());
                default -> false;
            };
        }
    }

    /// A path in an object; formatted only for a problem.
    private record Place(@Nullable Place parent, String text) {
        Place below(String name) {
            return new Place(this, "." + name);
        }

        Place element(Object key) {
            return new Place(this, "[" + key + "]");
        }

        @Override
        public String toString() {
            return parent == null ? text : parent.parent == null ? text.substring(1) : parent + text;
        }
    }

    RequiredFields(List<ResourceKind> rows) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                RequiredFields.class.getResourceAsStream("/io/k3j/resourcesbuiltin/required.txt"),
                StandardCharsets.UTF_8))) {
            read(in.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        rows.forEach(k -> shapes.put(k.gvk(), k.shape()));
    }

    private void read(List<String> lines) {
        Map<String, String> fields = new HashMap<>();
        for (String line : lines) {
            if (line.startsWith("  ")) {
                int bar = line.indexOf('|');
                fields.put(bar < 0 ? line.trim() : line.substring(2, bar), bar < 0 ? "" : line.substring(bar + 1));
            } else if (!line.startsWith("#")) {
                fields = why.computeIfAbsent(line, l -> new HashMap<>());
            }
        }
    }

    /// The node of a kind, null for one that is no row.
    private @Nullable Node node(Gvk kind) {
        Node known = kinds.get(kind);
        Shape shape = shapes.get(kind);
        return known != null || shape == null ? known : make(kind, shape);
    }

    /// One at a time, since kinds share the nodes of their definitions.
    private synchronized Node make(Gvk kind, Shape shape) {
        return kinds.computeIfAbsent(kind, _ -> node(shape));
    }

    private Node node(Shape shape) {
        Node made = nodes.get(shape.definition());
        if (made != null) {
            return made;
        }
        Node node = new Node(new ArrayList<>());
        nodes.put(shape.definition(), node);
        unfinished.add(node);
        Map<String, String> here = why.getOrDefault(shape.definition(), Map.of());
        for (Field field : shape.fields()) {
            Node below = ELSEWHERE.contains(field.name()) ? null : below(field.shape());
            if (below != null || here.containsKey(field.name())) {
                node.steps.add(new Step(field, here.get(field.name()), below));
            }
        }
        unfinished.remove(node);
        return node;
    }

    /// The node of a shape, null without requirements. A recursive definition finds its own unfinished node.
    private @Nullable Node below(Shape shape) {
        Shape one = switch (shape.type()) {
            case LIST, MAP -> shape.items();
            default -> shape;
        };
        if (one.type() != Shape.Type.OBJECT || one.definition().isEmpty()) {
            return null;
        }
        Node node = node(one);
        return node.steps.isEmpty() && !unfinished.contains(node) ? null : node;
    }

    /// Reports the missing fields of an object, except those already reported and those that were missing before the
    /// update.
    void check(Write write, Struct object, Problems problems) {
        boolean whole = write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
        Node node = whole && write.subresource().isEmpty() ? node(write.kind().gvk()) : null;
        if (node == null) {
            return;
        }
        if (!missing(node, object, m -> true).isEmpty()) {
            Set<FieldProblem> before = write.before().<Set<FieldProblem>>map(b -> {
                Set<FieldProblem> all = new HashSet<>();
                missing(node, b, m -> {
                    all.add(m);
                    return false;
                });
                return all;
            }).orElse(Set.of());
            Set<Reported> told = problems.found().stream().map(Reported::of).collect(Collectors.toSet());
            problems.addAll(missing(node, object, m -> !before.contains(m) && !told.contains(Reported.of(m))));
        }
    }

    /// The key for duplicate detection. A set, because a body of 3 MB may lack a field a million times.
    private record Reported(String field, String type) {
        static Reported of(FieldProblem problem) {
            return new Reported(problem.field(), problem.type());
        }
    }

    private static List<FieldProblem> missing(Node node, Struct object, Predicate<FieldProblem> wanted) {
        Search search = new Search(wanted, Problems.none());
        walk(node, object, new Place(null, ""), search);
        return search.found.found();
    }

    /// @param wanted which problems are new
    private record Search(Predicate<FieldProblem> wanted, Problems found) {
        void missing(Place place, String why) {
            FieldProblem problem = FieldProblem.required(place.toString(), why);
            if (wanted.test(problem)) {
                found.add(problem);
            }
        }
    }

    private static void walk(Node node, Struct s, Place at, Search search) {
        for (Step step : node.steps) {
            Object value = s.get(step.field.name());
            Place place = at.below(step.field.name());
            if (step.why != null && step.missing(value)) {
                search.missing(place, step.why);
            }
            if (step.below != null) {
                below(step, step.below, value, place, search);
            }
        }
    }

    private static void below(Step step, Node node, @Nullable Object value, Place at, Search search) {
        switch (value) {
            case null -> {
                if (step.always()) {
                    walk(node, Struct.EMPTY, at, search);
                }
            }
            case Struct s when step.field.shape().type() == Shape.Type.MAP -> s.forEach((key, v) -> {
                if (v instanceof Struct one) {
                    walk(node, one, at.element(key), search);
                }
            });
            case Struct s -> walk(node, s, at, search);
            case Seq list -> {
                for (int i = 0; i < list.size() && !search.found.full(); i++) {
                    if (list.get(i) instanceof Struct one) {
                        walk(node, one, at.element(i), search);
                    }
                }
            }
            default -> {
            }
        }
    }
}

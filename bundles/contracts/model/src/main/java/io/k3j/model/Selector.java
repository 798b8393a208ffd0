package io.k3j.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A label selector: every requirement must hold. See
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors>.
public record Selector(List<Requirement> requirements) {
    /// Selects every object.
    public static final Selector EVERYTHING = new Selector(List.of());
    /// Selects no object.
    public static final Selector NOTHING = new Selector(List.of(new Requirement("", Operator.IN, Set.of())));

    /// One condition on one label.
    public record Requirement(String key, Operator operator, Set<String> values) {
        boolean holds(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
                case GREATER -> value != null && compare(value) > 0;
                case LESS -> value != null && compare(value) < 0;
            };
        }

        private int compare(String value) {
            if (values.isEmpty()) {
                return 0;
            }
            try {
                return Long.compare(Long.parseLong(value), Long.parseLong(values.iterator().next()));
            } catch (NumberFormatException e) {
                return 0;
            }
        }
    }

    /// The conditions there are.
    public enum Operator {
        /// The label has one of the values.
        IN,
        /// The label is missing or has none of the values.
        NOT_IN,
        /// The label is there.
        EXISTS,
        /// The label is missing.
        DOES_NOT_EXIST,
        /// The label is a whole number above the value.
        GREATER,
        /// The label is a whole number below the value.
        LESS
    }

    /// From the text of a `labelSelector` parameter.
    /// @throws IllegalArgumentException when it cannot be understood, saying where
    public static Selector parse(String text) {
        return new Selector(new SelectorParser(text).requirements());
    }

    /// From a `LabelSelector` object (`matchLabels`, `matchExpressions`). An empty one selects
    /// everything; what a missing one means is the caller's to know.
    /// @throws IllegalArgumentException for an unknown operator
    public static Selector of(Struct selector) {
        List<Requirement> all = new ArrayList<>();
        selector.struct("matchLabels").texts().forEach((k, v) -> all.add(new Requirement(k, Operator.IN, Set.of(v))));
        for (Struct e : selector.seq("matchExpressions").structs()) {
            all.add(new Requirement(e.text("key"), operator(e.text("operator")),
                    new TreeSet<>(e.seq("values").texts())));
        }
        return new Selector(List.copyOf(all));
    }

    /// From plain labels, as in the `selector` of a Service: all must be there.
    public static Selector ofLabels(Map<String, String> labels) {
        return new Selector(labels.entrySet().stream()
                .map(e -> new Requirement(e.getKey(), Operator.IN, Set.of(e.getValue()))).toList());
    }

    /// The operator with the name used in objects: `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt`, `Lt`.
    /// @throws IllegalArgumentException for any other
    public static Operator operator(String name) {
        return switch (name) {
            case "In" -> Operator.IN;
            case "NotIn" -> Operator.NOT_IN;
            case "Exists" -> Operator.EXISTS;
            case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
            case "Gt" -> Operator.GREATER;
            case "Lt" -> Operator.LESS;
            default -> throw new IllegalArgumentException("\"" + name + "\" is not a valid label selector operator");
        };
    }

    /// Whether an object with these labels is selected.
    public boolean matches(Map<String, String> labels) {
        for (Requirement r : requirements) {
            if (!r.holds(labels)) {
                return false;
            }
        }
        return true;
    }

    /// Whether everything is selected.
    public boolean everything() {
        return requirements.isEmpty();
    }

    /// As a `labelSelector` parameter: `a=b,c in (x,y),!d`.
    @Override
    public String toString() {
        return String.join(",", requirements.stream().map(Selector::text).toList());
    }

    private static String text(Requirement r) {
        String list = String.join(",", new TreeSet<>(r.values()));
        return switch (r.operator()) {
            case IN -> r.values().size() == 1 ? r.key() + "=" + list : r.key() + " in (" + list + ")";
            case NOT_IN -> r.values().size() == 1 ? r.key() + "!=" + list : r.key() + " notin (" + list + ")";
            case EXISTS -> r.key();
            case DOES_NOT_EXIST -> "!" + r.key();
            case GREATER -> r.key() + ">" + list;
            case LESS -> r.key() + "<" + list;
        };
    }
}

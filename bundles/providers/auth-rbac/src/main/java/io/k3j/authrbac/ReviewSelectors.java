package io.k3j.authrbac;

import io.k3j.apimachinery.Names;
import io.k3j.model.FieldSelector;
import io.k3j.model.Selector;
import io.k3j.model.Selector.Operator;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Selectors of an access review, as requirements or as the text of a request's parameter. What is not certain limits
/// nothing, so more is asked for than is meant, never less: a requirement of another operator, from a newer client, and
/// a text that cannot be read. Pure.
///
/// @param problem which of them were not taken as they are, as upstream says it; empty when all were
record ReviewSelectors(FieldSelector fields, Selector labels, String problem) {
    private static final String IGNORED = "spec.resourceAttributes.%s ignored due to parse error";
    private static final String PARTLY = "spec.resourceAttributes.%s partially ignored due to parse error";

    /// @param attributes `resourceAttributes` of a review that is valid, may be empty
    static ReviewSelectors of(Struct attributes) {
        List<String> problems = new ArrayList<>();
        FieldSelector fields = fields(attributes.struct("fieldSelector"), problems);
        Selector labels = labels(attributes.struct("labelSelector"), problems);
        return new ReviewSelectors(fields, labels, String.join("; ", problems));
    }

    /// What a field is, or is not.
    private static FieldSelector fields(Struct selector, List<String> problems) {
        List<FieldSelector.Requirement> all = new ArrayList<>();
        List<Struct> given = selector.seq("requirements").structs();
        for (Struct r : given) {
            boolean in = r.text("operator").equals("In");
            if (r.seq("values").size() == 1 && (in || r.text("operator").equals("NotIn"))) {
                all.add(new FieldSelector.Requirement(r.text("key"), r.seq("values").texts().getFirst(), !in));
            }
        }
        compare("fieldSelector", given.size(), all.size(), problems);
        if (!given.isEmpty()) {
            return new FieldSelector(List.copyOf(all));
        }
        try {
            return FieldSelector.parse(selector.text("rawSelector"));
        } catch (IllegalArgumentException e) {
            problems.add(IGNORED.formatted("fieldSelector"));
            return FieldSelector.EVERYTHING;
        }
    }

    private static Selector labels(Struct selector, List<String> problems) {
        List<Selector.Requirement> all = new ArrayList<>();
        List<Struct> given = selector.seq("requirements").structs();
        for (Struct r : given) {
            Operator operator = operator(r.text("operator"));
            if (operator != null) {
                all.add(new Selector.Requirement(r.text("key"), operator, new TreeSet<>(r.seq("values").texts())));
            }
        }
        compare("labelSelector", given.size(), all.size(), problems);
        if (!given.isEmpty()) {
            return new Selector(List.copyOf(all));
        }
        Selector read = readable(selector.text("rawSelector"));
        if (read == null) {
            problems.add(IGNORED.formatted("labelSelector"));
            return Selector.EVERYTHING;
        }
        return read;
    }

    private static void compare(String field, int given, int taken, List<String> problems) {
        if (taken < given) {
            problems.add((taken == 0 ? IGNORED : PARTLY).formatted(field));
        }
    }

    private static @Nullable Operator operator(String name) {
        return switch (name) {
            case "In" -> Operator.IN;
            case "NotIn" -> Operator.NOT_IN;
            case "Exists" -> Operator.EXISTS;
            case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
            default -> null;
        };
    }

    /// Null for a text that is no selector, or is one of what no label can be.
    private static @Nullable Selector readable(String text) {
        try {
            Selector selector = Selector.parse(text);
            boolean possible = selector.requirements().stream().allMatch(r -> Names.qualified(r.key()).isEmpty()
                    && r.values().stream().allMatch(v -> Names.labelValue(v).isEmpty()));
            return possible ? selector : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}

package io.k3j.authrbac;

import io.k3j.model.FieldSelector;
import io.k3j.model.Selector;
import io.k3j.model.Selector.Operator;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Selectors of an access review, as requirements or as the text of a request's parameter. What is not certain limits
/// nothing, so more is asked for than is meant, never less: a requirement of another operator, from a newer client, and
/// a text that cannot be read. Pure.
final class ReviewSelectors {
    private ReviewSelectors() {
    }

    /// Of fields: what a field is, or is not.
    /// @param selector `fieldSelector` of a review, may be empty
    static FieldSelector fields(Struct selector) {
        List<FieldSelector.Requirement> all = new ArrayList<>();
        for (Struct r : selector.seq("requirements").structs()) {
            boolean in = r.text("operator").equals("In");
            if (r.seq("values").size() == 1 && (in || r.text("operator").equals("NotIn"))) {
                all.add(new FieldSelector.Requirement(r.text("key"), r.seq("values").texts().getFirst(), !in));
            }
        }
        try {
            all.addAll(FieldSelector.parse(selector.text("rawSelector")).requirements());
        } catch (IllegalArgumentException e) {
            return FieldSelector.EVERYTHING;
        }
        return new FieldSelector(List.copyOf(all));
    }

    /// Of labels.
    /// @param selector `labelSelector` of a review, may be empty
    static Selector labels(Struct selector) {
        List<Selector.Requirement> all = new ArrayList<>();
        for (Struct r : selector.seq("requirements").structs()) {
            label(r).ifPresent(all::add);
        }
        try {
            all.addAll(Selector.parse(selector.text("rawSelector")).requirements());
        } catch (IllegalArgumentException e) {
            return Selector.EVERYTHING;
        }
        return new Selector(List.copyOf(all));
    }

    private static Optional<Selector.Requirement> label(Struct r) {
        TreeSet<String> values = new TreeSet<>(r.seq("values").texts());
        Operator operator = switch (r.text("operator")) {
            case "In" -> Operator.IN;
            case "NotIn" -> Operator.NOT_IN;
            case "Exists" -> Operator.EXISTS;
            case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
            default -> null;
        };
        boolean needs = operator == Operator.IN || operator == Operator.NOT_IN;
        return operator == null || needs == values.isEmpty() ? Optional.empty()
                : Optional.of(new Selector.Requirement(r.text("key"), operator, values));
    }
}

package io.k3j.resourcequota;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// One condition on the objects that a quota counts: `spec.scopes` and `spec.scopeSelector.matchExpressions`.
/// @param scope as `PriorityClass`
/// @param operator `In`, `NotIn`, `Exists`, `DoesNotExist`
record ScopeRequirement(String scope, String operator, Set<String> values) {
    /// The conditions of a quota's `spec`, all of which an object must fulfil.
    static List<ScopeRequirement> of(Struct spec) {
        List<ScopeRequirement> all = new ArrayList<>();
        spec.seq("scopes").texts().forEach(s -> all.add(new ScopeRequirement(s, "Exists", Set.of())));
        for (Struct e : spec.struct("scopeSelector").seq("matchExpressions").structs()) {
            all.add(new ScopeRequirement(e.text("scopeName"), e.text("operator"),
                    Collections.unmodifiableSet(new LinkedHashSet<>(e.seq("values").texts()))));
        }
        return List.copyOf(all);
    }

    /// Whether an object fulfils it that has one of some names for the scope; without a name it fulfils what asks for
    /// none, as with a label that is not there.
    boolean allows(Collection<String> names) {
        return names.isEmpty() ? allows("") : names.stream().anyMatch(this::allows);
    }

    private boolean allows(String name) {
        return switch (operator) {
            case "In" -> values.contains(name);
            case "NotIn" -> !values.contains(name);
            case "Exists" -> !name.isEmpty();
            default -> name.isEmpty();
        };
    }

    /// As upstream's messages have it: `{PriorityClass In [a b]}`.
    @Override
    public String toString() {
        return "{" + scope + " " + operator + " [" + String.join(" ", values) + "]}";
    }
}

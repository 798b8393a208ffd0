package io.k3j.cel;

import io.k3j.celapi.CelBudget;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `x in [literals]`: one look-up, without a cost of its own, as upstream makes it.
record Membership(Node element, Set<?> set, List<?> list) implements Node {
    @Override
    public Object eval(Frame f) {
        Object value = element.eval(f);
        return set.contains(value)
                || value instanceof Number && list.stream().anyMatch(e -> Equality.equal(f, e, value));
    }

    /// A frame for what needs no variable.
    static Frame nothing() {
        return new Frame(new Inputs(Map.of()), Map.of(), CelBudget.of(CelBudget.PER_CALL), () -> 0);
    }
}

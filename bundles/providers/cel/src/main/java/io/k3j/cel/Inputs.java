package io.k3j.cel;

import io.k3j.celvalues.Adapter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The declared variables an expression looks at, each with its slot; the slots after them are those of
/// comprehensions.
/// Filled while it is planned, read-only afterwards.
final class Inputs {
    private final Map<String, Adapter> declared;
    private final Map<String, Integer> slots = new HashMap<>();
    private final List<String> names = new ArrayList<>();

    Inputs(Map<String, Adapter> declared) {
        this.declared = declared;
    }

    /// The slot of a variable; -1 when it is none that was declared.
    int slot(String name) {
        if (!declared.containsKey(name)) {
            return -1;
        }
        return slots.computeIfAbsent(name, n -> local(n));
    }

    /// A slot for a value of the expression's own.
    int local(String name) {
        names.add(name);
        return names.size() - 1;
    }

    int size() {
        return names.size();
    }

    String name(int slot) {
        return names.get(slot);
    }

    Adapter adapter(int slot) {
        return Objects.requireNonNull(declared.get(names.get(slot)));
    }
}

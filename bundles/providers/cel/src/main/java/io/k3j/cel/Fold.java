package io.k3j.cel;

import io.k3j.celvalues.EvalFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A comprehension. Lists and maps it collects are added to in place, so that it costs what it looks at.
record Fold(Node range, int variable, int second, int accumulator, Node start, Node condition, Node step,
        Node result) implements Node {
    /// A list that is being collected; nobody else has it.
    static final class Growing extends ArrayList<Object> {
        private static final long serialVersionUID = 1;
    }

    /// A map that is being collected.
    static final class GrowingMap extends LinkedHashMap<Object, Object> {
        private static final long serialVersionUID = 1;
    }

    @Override
    public Object eval(Frame f) {
        Object over = range.eval(f);
        Object begin = Node.attempt(start, f);
        f.slots[accumulator] = begin instanceof List<?> l && l.isEmpty() ? new Growing()
                : begin instanceof Map<?, ?> m && m.isEmpty() ? new GrowingMap() : begin;
        if (over instanceof List<?> list) {
            list(f, list);
        } else if (over instanceof Map<?, ?> map) {
            map(f, map);
        } else {
            throw EvalFailure.noSuchOverload();
        }
        clear(f);
        return frozen(result.eval(f));
    }

    private void list(Frame f, List<?> list) {
        long index = 0;
        for (Object element : list) {
            if (!next(f, second < 0 ? element : index, element)) {
                return;
            }
            index++;
        }
    }

    private void map(Frame f, Map<?, ?> map) {
        if (second < 0) {
            for (Object key : map.keySet()) {
                if (!next(f, key, null)) {
                    return;
                }
            }
            return;
        }
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!next(f, entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }

    private boolean next(Frame f, Object first, @Nullable Object other) {
        f.step();
        f.slots[variable] = first;
        if (second >= 0) {
            f.slots[second] = other;
        }
        if (!(condition.eval(f) instanceof Boolean goesOn && goesOn)) {
            return false;
        }
        f.slots[accumulator] = Node.attempt(step, f);
        return true;
    }

    private void clear(Frame f) {
        f.slots[variable] = null;
        if (second >= 0) {
            f.slots[second] = null;
        }
    }

    private static Object frozen(Object value) {
        return switch (value) {
            case Growing g -> new ArrayList<>(g);
            case GrowingMap m -> new LinkedHashMap<>(m);
            default -> value;
        };
    }
}

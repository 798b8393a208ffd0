package io.k3j.schema;

import io.k3j.model.Seq;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Lays a list with keys over another: what both have stands in the order wanted, what only the present one has
/// stays between its neighbours. Of the present list several elements may have one key; those stay as they are until
/// the key is applied, which puts one element in their place. Order as that of structured-merge-diff.
final class ListMerge {
    private final Shape shape;
    private final Seq now;
    private final Seq wanted;
    private final List<String> present;
    private final List<String> keys;
    private final Map<String, List<Object>> byKey;
    private final Set<String> asked;
    private final Deque<String> shared = new ArrayDeque<>();
    private final Set<String> placed = new HashSet<>();
    private final List<Object> merged = new ArrayList<>();

    ListMerge(Shape shape, Seq now, Seq wanted) {
        this.shape = shape;
        this.now = now;
        this.wanted = wanted;
        present = now.stream().map(v -> ElementKey.of(shape, v)).toList();
        keys = wanted.stream().map(v -> ElementKey.of(shape, v)).toList();
        byKey = FieldDiff.byKey(shape, now);
        asked = new HashSet<>(keys);
        keys.stream().filter(byKey::containsKey).forEach(shared::add);
    }

    Seq merged() {
        int next = 0;
        for (int i = 0; i < present.size();) {
            String key = present.get(i);
            if (!asked.contains(key)) {
                merged.add(now.get(i++));
            } else if (placed.contains(key) || next < keys.size() && !key.equals(shared.peek())) {
                // it stands elsewhere
                i++;
            } else {
                place(next++);
            }
        }
        while (next < keys.size()) {
            place(next++);
        }
        return Seq.copyOf(merged);
    }

    private void place(int index) {
        String key = keys.get(index);
        List<Object> before = byKey.getOrDefault(key, List.of());
        Object value = wanted.get(index);
        merged.add(before.size() == 1 ? FieldMerge.value(shape.items(), before.getFirst(), value) : value);
        placed.add(key);
        if (key.equals(shared.peek())) {
            shared.poll();
        }
    }
}

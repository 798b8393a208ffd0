package io.k3j.schema;

import io.k3j.model.Seq;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Lays a list with keys over another: what both have stands in the order wanted, what only the present one has stays
/// between its neighbours. Of the present list several elements may have one key; those stay as they are until the key
/// is applied, which puts one element in their place. Order as that of structured-merge-diff.
///
/// One merge, one thread. Each element of both lists is looked at once, whatever their order: clients choose how long
/// they are.
///
/// ```
/// present a x b, wanted b a c:   x b a c     a is skipped until it is its turn
/// ```
final class ListMerge {
    private final Shape shape;
    private final Seq now;
    private final Seq wanted;
    /// The keys of the present elements, in order; one may be there several times.
    private final List<String> present;
    /// The keys of the wanted elements, in order; each once, as [ApplyCheck] has seen to.
    private final List<String> keys;
    /// The present elements of each key.
    private final Map<String, List<Object>> byKey;
    private final Set<String> asked;
    /// The keys that both lists have and that were not placed yet, in the wanted order. The first one is where the
    /// present list is waited for.
    private final Deque<String> shared = new ArrayDeque<>();
    /// Keys whose element is in the merged list already.
    private final Set<String> placed = new HashSet<>();
    private final List<Object> merged = new ArrayList<>();

    /// @throws io.k3j.apimachinery.PatchFailure when an element has no key
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

    /// Walks along the present list. At an element that only it has, that one is taken. At one that both have, wanted
    /// elements are taken up to it, unless it is not its turn yet.
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

    /// Takes the wanted element at a position, merged with the present one of its key where there is exactly one.
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

package io.k3j.schema;

import io.k3j.apimachinery.ValueKey;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The elements of a list by their merge key while a strategic merge patch changes them. A change costs as much as it
/// is large, however many elements there are: both lists are the client's, and a body holds some 100 000 elements. For
/// one thread.
final class KeyedElements {
    private final String key;
    /// In their order; null where one was removed, so that the others keep their places.
    private final List<@Nullable Object> elements = new ArrayList<>();
    /// Where the elements of a key are; an element without it has no place here and cannot be changed.
    private final Map<Object, List<Integer>> places = new HashMap<>();

    KeyedElements(String key, List<Object> now) {
        this.key = key;
        now.forEach(this::add);
    }

    void add(Object element) {
        if (element instanceof Struct s && s.get(key) instanceof Object value) {
            places.computeIfAbsent(ValueKey.of(value), v -> new ArrayList<>(1)).add(elements.size());
        }
        elements.add(element);
    }

    /// Removes all elements that have the key of `change`.
    void remove(Struct change) {
        List<Integer> gone = places.remove(identity(change));
        if (gone != null) {
            gone.forEach(place -> elements.set(place, null));
        }
    }

    /// Changes the first element that has the key of `change`, or adds what becomes of none.
    void merge(Struct change, Function<@Nullable Struct, Struct> merged) {
        List<Integer> found = places.get(identity(change));
        if (found == null) {
            add(merged.apply(null));
        } else {
            elements.set(found.getFirst(), merged.apply((Struct) elements.get(found.getFirst())));
        }
    }

    private @Nullable Object identity(Struct change) {
        Object value = change.get(key);
        return value == null ? null : ValueKey.of(value);
    }

    Seq seq() {
        return Seq.copyOf(elements.stream().filter(Objects::nonNull).toList());
    }
}

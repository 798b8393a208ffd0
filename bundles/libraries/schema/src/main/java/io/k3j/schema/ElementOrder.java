package io.k3j.schema;

import io.k3j.apimachinery.GoPrint;
import io.k3j.apimachinery.PatchFailure;
import io.k3j.apimachinery.ValueKey;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The order `$setElementOrder` asks for: named elements as listed, the others where they stood among them. As
/// upstream's strategic merge patch does it; `kubectl apply` sends the directive with the lists it changes. Pure.
///
/// ```
/// before a x b y, wanted b a:   x b a y      x stood before b and after a, and b comes first now
/// ```
final class ElementOrder {
    private static final int NOWHERE = -1;

    private ElementOrder() {
    }

    /// @param merged all elements there are now
    /// @param before the elements before the patch, by which the others find their place
    /// @param order what is wanted: elements, or structs that hold only the merge key
    /// @param key the merge key, empty for a list of scalars
    static Seq arranged(Seq merged, Seq before, Seq order, String key) {
        Map<Object, Integer> wanted = places(order, key);
        Map<Object, Integer> stood = places(before, key);
        List<Object> named = new ArrayList<>();
        List<Object> others = new ArrayList<>();
        for (Object v : merged) {
            (wanted.containsKey(key(v, key)) ? named : others).add(v);
        }
        named.sort(Comparator.comparingInt(v -> wanted.getOrDefault(key(v, key), NOWHERE)));
        List<Object> all = new ArrayList<>(merged.size());
        int other = 0;
        for (Object v : named) {
            int place = stood.getOrDefault(key(v, key), NOWHERE);
            while (place >= 0 && other < others.size()
                    && stood.getOrDefault(key(others.get(other), key), NOWHERE) < place) {
                all.add(others.get(other++));
            }
            all.add(v);
        }
        all.addAll(others.subList(other, others.size()));
        return Seq.copyOf(all);
    }

    /// Refuses a patch whose list has elements that the order does not name, or names otherwise. What it takes out is
    /// left aside.
    /// @throws PatchFailure in upstream's words
    static void check(Seq changes, Seq order, String key) {
        if (changes.isEmpty() || order.isEmpty()) {
            return;
        }
        int next = 0;
        for (Object change : changes) {
            if (!key.isEmpty() && change instanceof Struct s && s.has(StrategicMerge.PATCH)) {
                continue;
            }
            Object wanted = own(change, key);
            while (next < order.size() && !own(order.get(next), key).equals(wanted)) {
                next++;
            }
            if (next++ == order.size()) {
                throw new PatchFailure("The order in patch list:\n" + GoPrint.value(changes)
                        + "\n doesn't match $setElementOrder list:\n" + GoPrint.value(order) + "\n",
                        PatchFailure.UNKNOWN);
            }
        }
    }

    private static Object own(Object value, String key) {
        if (key.isEmpty()) {
            return ValueKey.of(value);
        }
        if (value instanceof Struct s) {
            return ValueKey.of(Objects.requireNonNull(PatchValues.keyed(s, key).get(key)));
        }
        throw new PatchFailure("expected a map[string]interface {}, but received a " + GoPrint.value(value),
                PatchFailure.UNKNOWN);
    }

    /// Where each key stands first. Looked up, not searched: both lists are as long as a client makes them.
    private static Map<Object, Integer> places(Seq list, String key) {
        Map<Object, Integer> places = new HashMap<>();
        int place = 0;
        for (Object v : list) {
            places.putIfAbsent(key(v, key), place++);
        }
        return places;
    }

    /// An element without the key is its own key.
    private static Object key(Object value, String key) {
        Object k = value instanceof Struct s && !key.isEmpty() ? s.get(key) : value;
        return ValueKey.of(k == null ? value : k);
    }
}

package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The order `$setElementOrder` asks for: named elements as listed, the others where they stood among them.
final class ElementOrder {
    private ElementOrder() {
    }

    static Seq arranged(Seq merged, Seq before, Seq order, String key) {
        List<Object> wanted = keys(order, key);
        List<Object> stood = keys(before, key);
        List<Object> named = new ArrayList<>();
        List<Object> others = new ArrayList<>();
        for (Object v : merged) {
            (wanted.contains(key(v, key)) ? named : others).add(v);
        }
        named.sort(Comparator.comparingInt(v -> wanted.indexOf(key(v, key))));
        List<Object> all = new ArrayList<>(merged.size());
        int other = 0;
        for (Object v : named) {
            int place = stood.indexOf(key(v, key));
            while (place >= 0 && other < others.size() && stood.indexOf(key(others.get(other), key)) < place) {
                all.add(others.get(other++));
            }
            all.add(v);
        }
        all.addAll(others.subList(other, others.size()));
        return Seq.copyOf(all);
    }

    private static List<Object> keys(Seq list, String key) {
        return list.stream().map(v -> key(v, key)).toList();
    }

    private static Object key(Object value, String key) {
        Object k = value instanceof Struct s && !key.isEmpty() ? s.get(key) : value;
        return k == null ? value : k;
    }
}

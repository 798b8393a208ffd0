package io.k3j.cel;

import io.k3j.celvalues.ListKind;
import io.k3j.schema.Shape;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;

/// Two lists that are sets or maps, added: elements of the second that the first has take its places, the others come
/// behind it. Is a set or map again.
final class Merged extends AbstractList<Object> implements ListKind, RandomAccess {
    private final List<Object> elements;
    private final Shape shape;

    private Merged(List<Object> elements, Shape shape) {
        this.elements = elements;
        this.shape = shape;
    }

    /// @param shape of a set, or of a map by keys
    static Merged of(Frame f, List<?> first, List<?> second, Shape shape) {
        List<Object> all = new ArrayList<>(first);
        Map<Object, Integer> places = new HashMap<>();
        for (int i = 0; i < all.size(); i++) {
            places.put(HashKey.of(f, shape, all.get(i)), i);
        }
        boolean set = shape.listType() == Shape.ListType.SET;
        for (Object element : second) {
            Object key = HashKey.of(f, shape, element);
            Integer place = places.get(key);
            if (place == null) {
                all.add(element);
                if (set) {
                    places.put(key, all.size() - 1);
                }
            } else if (!set) {
                all.set(place, element);
            }
        }
        return new Merged(all, shape);
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public Object get(int index) {
        return elements.get(index);
    }

    @Override
    public int size() {
        return elements.size();
    }
}

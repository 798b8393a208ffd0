package io.k3j.clientapi;

import io.k3j.model.FieldSelector;
import io.k3j.model.Selector;
import java.util.ArrayList;
import java.util.List;

/// Which objects of a resource: of one namespace (empty: all), by labels, by fields.
public record Query(String namespace, Selector labels, FieldSelector fields) {
    /// Every object in every namespace.
    public static final Query ALL = new Query("", Selector.EVERYTHING, FieldSelector.EVERYTHING);

    /// Every object of one namespace.
    public static Query in(String namespace) {
        return new Query(namespace, Selector.EVERYTHING, FieldSelector.EVERYTHING);
    }

    /// The same with a label selector.
    public Query labelled(Selector selector) {
        return new Query(namespace, selector, fields);
    }

    /// The same with one field more that is required to equal a value.
    public Query where(String field, String value) {
        List<FieldSelector.Requirement> all = new ArrayList<>(fields.requirements());
        all.add(new FieldSelector.Requirement(field, value, false));
        return new Query(namespace, labels, new FieldSelector(List.copyOf(all)));
    }
}

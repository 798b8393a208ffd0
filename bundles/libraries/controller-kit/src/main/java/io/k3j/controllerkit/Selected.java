package io.k3j.controllerkit;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Selector.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// From an object to the owners that select it: what upstream's controllers do when a pod appears that nobody
/// controls (`getPodReplicaSets` and the like). Owners are found by a label that their selector asks for, so that an
/// object costs a look at those with a label of its own, not at every owner in its namespace. The functions look at the
/// view when they are called, and may be called on any thread.
public final class Selected {
    /// The owners of a view by a label that they ask for, or by their namespace where they ask for none. Made before
    /// the view's first client is attached.
    private static final String INDEX = "selected";

    private Selected() {
    }

    /// For an object nobody controls: the keys of the owners in its namespace that select it. For any other: none.
    ///
    /// @param owners the view of possible owners, to which no client is attached yet
    /// @param selector of an owner; the same for all who ask the view
    public static Function<Obj, List<Key>> orphans(LiveView owners, Function<Obj, Selector> selector) {
        Function<Obj, List<Key>> any = by(owners, selector);
        return object -> Owners.orphan(object) ? any.apply(object) : List.of();
    }

    /// The keys of the owners in an object's namespace that select it.
    ///
    /// @param owners the view of possible owners, to which no client is attached yet
    /// @param selector of an owner; the same for all who ask the view
    public static Function<Obj, List<Key>> by(LiveView owners, Function<Obj, Selector> selector) {
        owners.index(INDEX, owner -> places(owner, selector));
        return object -> {
            Map<String, String> labels = object.labels();
            List<Obj> found = new ArrayList<>(owners.by(INDEX, any(object.namespace())));
            labels.forEach((key, value) -> found.addAll(owners.by(INDEX, label(object.namespace(), key, value))));
            return found.stream().filter(owner -> selector.apply(owner).matches(labels)).map(Obj::key).toList();
        };
    }

    /// Where an owner is found: at each value of one label that an object must have for it. One whose selector cannot
    /// be understood selects nothing.
    private static List<String> places(Obj owner, Function<Obj, Selector> selector) {
        try {
            return selector.apply(owner).requirements().stream().filter(r -> r.operator() == Operator.IN).findFirst()
                    .map(r -> r.values().stream().map(value -> label(owner.namespace(), r.key(), value)).toList())
                    .orElseGet(() -> List.of(any(owner.namespace())));
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    private static String label(String namespace, String key, String value) {
        return any(namespace) + key + "=" + value;
    }

    private static String any(String namespace) {
        return namespace + "/";
    }
}

package io.k3j.controllerkit;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// From an object to the owners that select it: what upstream's controllers do when a pod appears that nobody
/// controls (`getPodReplicaSets` and the like). The functions look at the view when they are called, and may be
/// called on any thread; they cost a look at every owner in the namespace.
public final class Selected {
    private Selected() {
    }

    /// For an object nobody controls: the keys of the owners in its namespace that select it. For any other: none.
    ///
    /// @param owners the view of possible owners
    /// @param selector of an owner, asked anew for each object
    public static Function<Obj, List<Key>> orphans(LiveView owners, Function<Obj, Selector> selector) {
        Function<Obj, List<Key>> any = by(owners, selector);
        return object -> Owners.orphan(object) ? any.apply(object) : List.of();
    }

    /// The keys of the owners in an object's namespace that select it.
    public static Function<Obj, List<Key>> by(LiveView owners, Function<Obj, Selector> selector) {
        return object -> {
            List<Key> keys = new ArrayList<>();
            for (Obj owner : owners.list(object.namespace())) {
                if (selector.apply(owner).matches(object.labels())) {
                    keys.add(owner.key());
                }
            }
            return keys;
        };
    }
}

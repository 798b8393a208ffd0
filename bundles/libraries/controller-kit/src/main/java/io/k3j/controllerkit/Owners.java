package io.k3j.controllerkit;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// Owner references, as <https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/> tells.
/// Pure, but for the views they look at; any thread.
public final class Owners {
    /// The name of an index by the uid of the controlling owner; see [#indexed].
    public static final String CONTROLLER = "controller";

    private Owners() {
    }

    /// A view that can be asked which objects one owner controls. Before the view's first client is attached.
    ///
    /// @return the same view
    public static LiveView indexed(LiveView view) {
        return view.index(CONTROLLER, o -> List.of(o.controller().map(c -> c.text("uid")).orElse("/" + o.namespace())));
    }

    /// What an owner controls, of a view made by [#indexed]. By uid: what one of the same name controlled does not
    /// count.
    public static List<Obj> controlled(LiveView view, Obj owner) {
        return view.by(CONTROLLER, owner.uid());
    }

    /// What nobody controls in a namespace, of a view made by [#indexed].
    public static List<Obj> orphans(LiveView view, String namespace) {
        return view.by(CONTROLLER, "/" + namespace);
    }

    /// The key of an object's controlling owner, when it is of a kind. The owner may have gone, and another may
    /// have its name.
    public static Optional<Key> controllerKey(Obj object, String kind) {
        return object.controller().filter(c -> c.text("kind").equals(kind))
                .map(c -> new Key(object.namespace(), c.text("name")));
    }

    /// Whether an owner controls an object.
    public static boolean controls(Obj owner, Obj object) {
        return object.controller().map(c -> c.text("uid").equals(owner.uid())).orElse(false);
    }

    /// Whether anybody controls an object.
    public static boolean orphan(Obj object) {
        return object.controller().isEmpty();
    }

    /// The object with one more owner, its controller; nothing is written. It must have no controller.
    public static Obj adopted(Obj object, Obj owner) {
        return object.with(object.metadata().seq("ownerReferences").plus(owner.ownerReference()), "metadata",
                "ownerReferences");
    }

    /// The object without the references to an owner, as of one that no longer selects it; nothing is written.
    public static Obj released(Obj object, String uid) {
        List<Struct> left = object.owners().stream().filter(o -> !o.text("uid").equals(uid)).toList();
        return left.isEmpty()
                ? object.without("metadata", "ownerReferences")
                : object.with(left, "metadata", "ownerReferences");
    }
}

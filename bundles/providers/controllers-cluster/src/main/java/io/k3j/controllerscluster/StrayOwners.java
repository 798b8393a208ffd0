package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiResource;
import io.k3j.controllerkit.Events;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.LinkedHashMap;
import java.util.Map;

/// Tells of references to owners that are in another namespace than the object, where they own nothing:
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/>. Any thread.
final class StrayOwners {
    /// How many owners are remembered, upstream's size of its cache of absent ones: many objects may have lost the
    /// same.
    private static final int MOST = 500;
    private final GarbageViews views;
    private final Events events;
    /// Whether an owner, by its uid, is in another namespace.
    private final Map<String, Boolean> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    StrayOwners(GarbageViews views, Events events) {
        this.views = views;
        this.events = events;
    }

    /// Says so of an owner that is not where its dependent is; nothing where it is nowhere.
    void tell(Obj dependent, Struct owner) {
        if (astray(owner)) {
            events.warning(dependent, "OwnerRefInvalidNamespace", "ownerRef [" + owner.text("apiVersion") + "/"
                    + owner.text("kind") + ", namespace: " + dependent.namespace() + ", name: " + owner.text("name")
                    + ", uid: " + owner.text("uid") + "] does not exist in namespace \"" + dependent.namespace()
                    + "\"");
        }
    }

    private boolean astray(Struct owner) {
        String uid = owner.text("uid");
        synchronized (known) {
            Boolean before = known.get(uid);
            if (before != null) {
                return before;
            }
        }
        ApiResource resource = views.resource(owner.text("apiVersion"), owner.text("kind"));
        boolean astray = resource != null && resource.namespaced() && views.has(resource.resource(), uid);
        synchronized (known) {
            known.put(uid, astray);
        }
        return astray;
    }
}

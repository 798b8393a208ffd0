package io.k3j.controllerscluster;

import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The ownership graph: metadata of objects that have owners or wait for dependents. Other objects, the majority, are
/// not kept; the API server answers whether such an owner exists. For any thread.
final class OwnerGraph {
    static final String FOREGROUND = "foregroundDeletion";
    static final String ORPHAN = "orphan";

    /// The metadata of one object.
    record Node(Gvr resource, Key key, String uid, List<Struct> owners, boolean terminating, List<String> finalizers) {
        static Node of(Gvr resource, Obj object) {
            return new Node(resource, object.key(), object.uid(), List.copyOf(object.owners()), object.terminating(),
                    List.copyOf(object.finalizers()));
        }

        /// Whether the object is deleted when its dependents are (foreground deletion).
        boolean awaitsDependents() {
            return terminating && finalizers.contains(FOREGROUND);
        }

        /// Whether the object is deleted when its dependents are orphaned.
        boolean orphansDependents() {
            return terminating && finalizers.contains(ORPHAN);
        }

        /// Whether the graph must keep the object.
        boolean matters() {
            return !owners.isEmpty() || awaitsDependents() || orphansDependents();
        }

        boolean blocks(String ownerUid) {
            return owners.stream().anyMatch(o -> o.text("uid").equals(ownerUid) && o.flag("blockOwnerDeletion"));
        }
    }

    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, Set<String>> dependents = new HashMap<>();

    /// Adds or updates an object.
    /// @return the UIDs of objects that may have become garbage or may proceed
    synchronized Set<String> put(Node node) {
        @Nullable
        Node old = node.matters() ? nodes.put(node.uid(), node) : nodes.remove(node.uid());
        if (old != null && !old.owners().equals(node.owners())) {
            unlink(old);
        }
        node.owners()
                .forEach(o -> dependents.computeIfAbsent(o.text("uid"), u -> new LinkedHashSet<>()).add(node.uid()));
        Set<String> due = new LinkedHashSet<>();
        boolean newOwners = old == null ? !node.owners().isEmpty() : !old.owners().equals(node.owners());
        if (newOwners || node.awaitsDependents() || node.orphansDependents()) {
            due.add(node.uid());
        }
        if (node.awaitsDependents() && (old == null || !old.awaitsDependents())) {
            due.addAll(dependents.getOrDefault(node.uid(), Set.of()));
        }
        if (old != null && !old.owners().equals(node.owners())) {
            old.owners().forEach(o -> due.add(o.text("uid")));
        }
        return due;
    }

    /// Removes a deleted object.
    /// @return the UIDs of objects that may have become garbage or may proceed
    synchronized Set<String> remove(String uid) {
        Set<String> due = new LinkedHashSet<>(dependents.getOrDefault(uid, Set.of()));
        @Nullable
        Node old = nodes.remove(uid);
        if (old != null) {
            unlink(old);
            old.owners().forEach(o -> due.add(o.text("uid")));
        }
        return due;
    }

    /// Removes all objects of a resource that is no longer served.
    synchronized void forget(Gvr resource) {
        nodes.values().stream().filter(n -> n.resource().equals(resource)).toList().forEach(n -> {
            nodes.remove(n.uid());
            unlink(n);
        });
    }

    private void unlink(Node node) {
        for (Struct owner : node.owners()) {
            Set<String> some = dependents.get(owner.text("uid"));
            if (some != null) {
                some.remove(node.uid());
                if (some.isEmpty()) {
                    dependents.remove(owner.text("uid"));
                }
            }
        }
    }

    /// The metadata of an object; empty when it has no owners and waits for no dependents.
    synchronized Optional<Node> node(String uid) {
        return Optional.ofNullable(nodes.get(uid));
    }

    /// The objects that have the given owner.
    synchronized List<Node> dependents(String uid) {
        return dependents.getOrDefault(uid, Set.of()).stream().map(nodes::get).filter(n -> n != null).toList();
    }
}

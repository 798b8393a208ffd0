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

/// Who owns whom: the metadata of objects that are owned, or that wait for their dependents. Most objects are neither
/// and are not kept; whether an owner that is not kept is there, the API server tells. Any thread.
final class GarbageGraph {
    static final String FOREGROUND = "foregroundDeletion";
    static final String ORPHAN = "orphan";

    /// One object.
    record Node(Gvr resource, Key key, String uid, List<Struct> owners, boolean terminating, List<String> finalizers) {
        static Node of(Gvr resource, Obj object) {
            return new Node(resource, object.key(), object.uid(), List.copyOf(object.owners()), object.terminating(),
                    List.copyOf(object.finalizers()));
        }

        /// Whether it goes as soon as its dependents have gone.
        boolean awaitsDependents() {
            return terminating && finalizers.contains(FOREGROUND);
        }

        /// Whether it goes as soon as its dependents are told that it no longer owns them.
        boolean orphansDependents() {
            return terminating && finalizers.contains(ORPHAN);
        }

        /// Whether there is anything to remember about it.
        boolean matters() {
            return !owners.isEmpty() || awaitsDependents() || orphansDependents();
        }

        boolean blocks(String ownerUid) {
            return owners.stream().anyMatch(o -> o.text("uid").equals(ownerUid) && o.flag("blockOwnerDeletion"));
        }
    }

    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, Set<String>> dependents = new HashMap<>();

    /// Notes an object as it is now.
    /// @return the uids of objects that may have become garbage, or may go on
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

    /// Notes that an object has gone.
    /// @return the uids of objects that may have become garbage, or may go on
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

    /// Forgets all objects of a resource that is no longer served.
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

    /// What is known of an object; empty for one that is neither owned nor waits for dependents.
    synchronized Optional<Node> node(String uid) {
        return Optional.ofNullable(nodes.get(uid));
    }

    /// What names an object as an owner.
    synchronized List<Node> dependents(String uid) {
        return dependents.getOrDefault(uid, Set.of()).stream().map(nodes::get).filter(n -> n != null).toList();
    }
}

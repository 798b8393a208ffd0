package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.SlowStart;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Deletes objects whose owners are gone, and completes cascading deletions:
/// <https://kubernetes.io/docs/concepts/architecture/garbage-collection/>. Work queue keys are UIDs.
///
/// Objects whose owner is one of another server have workers of their own, which wait for that server: nobody tells
/// when such an owner goes, so it is asked again and again. One of them at a time waits for the server of a group, so
/// that one which does not answer delays its own objects only ([AskedGroups]).
final class GarbageCollector implements Reconciler {
    private static final Key REFRESH = new Key("resources", "refresh");
    private static final Duration REFRESH_EVERY = Duration.ofSeconds(10);
    private static final Duration SYNC_RETRY = Duration.ofMillis(50);
    private static final String ACCOUNT = "generic-garbage-collector";
    /// How often another server is asked for an owner, of each object that has one there.
    private static final Duration ASK_AGAIN = Duration.ofSeconds(30);
    /// So many other servers that do not answer delay nobody else.
    private static final int ELSEWHERE_WORKERS = 16;

    /// The state of an owner: present, deleted in the foreground, or absent.
    private enum OwnerState {
        PRESENT, AWAITING_DEPENDENTS, ABSENT
    }

    private final OwnerGraph graph;
    private final GarbageViews views;
    private final Consumer<String> elsewhere;
    private final AskedGroups asked;
    private final StrayOwners strays;

    /// @param enqueue is given the UIDs of what is to be looked at
    /// @param elsewhere the same of what has an owner that another server has
    /// @param events tells of owners in other namespaces
    GarbageCollector(ApiClient api, OwnerGraph graph, Consumer<String> enqueue, Consumer<String> elsewhere,
            Events events) {
        this.graph = graph;
        this.elsewhere = elsewhere;
        asked = new AskedGroups(elsewhere);
        views = new GarbageViews(api, graph, enqueue);
        strays = new StrayOwners(views, events);
    }

    /// Adds the controller.
    /// @return its views, to be closed at the end
    static GarbageViews add(ControllerContext context) {
        GarbageCollector[] all = new GarbageCollector[1];
        Controller loop = context.loop("garbage-collector-controller", ACCOUNT, 20,
                (key, writer) -> all[0].reconcile(key, writer));
        Controller waiting = context.loop("garbage-collector-elsewhere", ACCOUNT, ELSEWHERE_WORKERS,
                (key, writer) -> all[0].reconcileElsewhere(key, writer));
        all[0] = new GarbageCollector(context.api(), new OwnerGraph(), uid -> loop.queue().add(Key.of(uid)),
                uid -> waiting.queue().add(Key.of(uid)),
                context.events("garbage-collector-controller", ACCOUNT));
        loop.queue().add(REFRESH);
        return all[0].views;
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        if (key.equals(REFRESH)) {
            views.refresh();
            return Requeue.after(REFRESH_EVERY);
        }
        if (!views.synced()) {
            return Requeue.after(SYNC_RETRY);
        }
        Optional<OwnerGraph.Node> node = graph.node(key.name());
        return node.isEmpty() ? Requeue.NEVER : collect(node.get(), writer);
    }

    /// The same of an object that has an owner which another server has.
    Requeue reconcileElsewhere(Key key, ExpectingWriter writer) {
        OwnerGraph.Node node = graph.node(key.name()).filter(n -> !n.terminating() && hasOwnerElsewhere(n))
                .orElse(null);
        if (node == null) {
            return Requeue.NEVER;
        }
        Set<String> groups = node.owners().stream().filter(views::elsewhere)
                .map(owner -> Gvr.of(owner.text("apiVersion"), "").group()).collect(Collectors.toSet());
        return asked.alone(node.uid(), groups, () -> deleteUnlessOwned(node, writer.api()))
                .orElse(Requeue.NEVER).or(Requeue.after(ASK_AGAIN));
    }

    private boolean hasOwnerElsewhere(OwnerGraph.Node node) {
        return node.owners().stream().anyMatch(views::elsewhere);
    }

    private Requeue collect(OwnerGraph.Node node, ExpectingWriter writer) {
        if (node.orphansDependents()) {
            return orphanDependents(node, writer.api());
        }
        if (node.awaitsDependents()) {
            return finishForeground(node, writer.api());
        }
        if (node.terminating() || node.owners().isEmpty()) {
            return Requeue.NEVER;
        }
        return attemptToDelete(node, writer.api());
    }

    private Requeue attemptToDelete(OwnerGraph.Node node, ApiClient api) {
        if (hasOwnerElsewhere(node)) {
            elsewhere.accept(node.uid());
            return Requeue.NEVER;
        }
        return deleteUnlessOwned(node, api);
    }

    /// An owner of a kind that nobody serves may be of one that is not known yet: as upstream's collector, this one
    /// tries such an object again, later and later. One without a namespace whose owner is in one is never garbage,
    /// since nobody can say in which.
    private Requeue deleteUnlessOwned(OwnerGraph.Node node, ApiClient api) {
        Optional<Obj> found = api.find(node.resource(), node.key());
        // one without owners was orphaned since the graph was updated
        if (found.isEmpty() || !found.get().uid().equals(node.uid()) || found.get().terminating()
                || found.get().owners().isEmpty()) {
            return Requeue.NEVER;
        }
        List<Struct> owners = found.get().owners();
        if (owners.stream().anyMatch(this::unknown)) {
            return Requeue.BACK_OFF;
        }
        List<Struct> nowhere = found.get().namespace().isEmpty() ? owners.stream().filter(this::namespaced).toList()
                : List.of();
        if (!nowhere.isEmpty()) {
            nowhere.forEach(owner -> strays.tell(found.get(), owner));
            return Requeue.NEVER;
        }
        deleteUnlessOwned(node, found.get(), api);
        return Requeue.NEVER;
    }

    private boolean unknown(Struct owner) {
        ApiResource resource = views.resource(owner.text("apiVersion"), owner.text("kind"));
        return resource == null || !resource.can("get");
    }

    private boolean namespaced(Struct owner) {
        ApiResource resource = views.resource(owner.text("apiVersion"), owner.text("kind"));
        return resource != null && resource.namespaced();
    }

    private void deleteUnlessOwned(OwnerGraph.Node node, Obj found, ApiClient api) {
        Obj live = found;
        List<Struct> present = new ArrayList<>();
        boolean awaiting = false;
        for (Struct owner : live.owners()) {
            switch (ownerState(owner, live, api)) {
                case PRESENT -> present.add(owner);
                case AWAITING_DEPENDENTS -> awaiting = true;
                case ABSENT -> {
                    // an absent owner does not keep the object
                }
            }
        }
        if (!present.isEmpty()) {
            if (present.size() < live.owners().size()) {
                patchMetadata(api, node, live, "ownerReferences", present);
            }
            return;
        }
        List<OwnerGraph.Node> dependents = graph.dependents(node.uid());
        if (awaiting && dependents.stream().anyMatch(OwnerGraph.Node::awaitsDependents)) {
            // dependents may own each other in a circle, in which each would wait for the next
            live = unblocked(api, node, live);
        }
        delete(api, node, live, awaiting && !dependents.isEmpty());
    }

    /// Clears `blockOwnerDeletion`, so that no owner waits for this object.
    private static Obj unblocked(ApiClient api, OwnerGraph.Node node, Obj live) {
        return patchMetadata(api, node, live, "ownerReferences",
                live.owners().stream().map(o -> o.with("blockOwnerDeletion", false)).toList());
    }

    private static void delete(ApiClient api, OwnerGraph.Node node, Obj live, boolean foreground) {
        String policy = live.finalizers().contains(OwnerGraph.ORPHAN)
                ? "Orphan"
                : foreground || live.finalizers().contains(OwnerGraph.FOREGROUND) ? "Foreground" : "Background";
        try {
            api.delete(node.resource(), node.key(), new DeleteOptions(-1, policy, live.uid(), live.revision()));
        } catch (ApiFault fault) {
            if (fault.code() != 404) {
                throw fault;
            }
        }
    }

    private OwnerState ownerState(Struct owner, Obj dependent, ApiClient api) {
        @Nullable
        ApiResource resource = views.resource(owner.text("apiVersion"), owner.text("kind"));
        if (resource == null || !resource.can("get")) {
            throw new ApiFault(503, "ServiceUnavailable", "no resource for owner " + owner.text("apiVersion") + " "
                    + owner.text("kind") + " of " + dependent, Struct.EMPTY);
        }
        Key key = new Key(resource.namespaced() ? dependent.namespace() : "", owner.text("name"));
        Optional<OwnerGraph.Node> known = graph.node(owner.text("uid"))
                .filter(node -> node.key().equals(key) && same(node.resource(), resource.resource()));
        if (known.isEmpty()) {
            known = api.find(resource.resource(), key).filter(o -> o.uid().equals(owner.text("uid")))
                    .map(o -> OwnerGraph.Node.of(resource.resource(), o));
        }
        if (known.isEmpty()) {
            strays.tell(dependent, owner);
            return OwnerState.ABSENT;
        }
        return known.get().awaitsDependents() ? OwnerState.AWAITING_DEPENDENTS : OwnerState.PRESENT;
    }

    /// In whatever version.
    private static boolean same(Gvr one, Gvr other) {
        return one.group().equals(other.group()) && one.resource().equals(other.resource());
    }

    /// Removes the finalizer `foregroundDeletion` when no blocking dependent is left.
    private Requeue finishForeground(OwnerGraph.Node node, ApiClient api) {
        List<OwnerGraph.Node> blocking = graph.dependents(node.uid()).stream().filter(d -> d.blocks(node.uid()))
                .toList();
        if (!blocking.isEmpty()) {
            return blocking.stream().filter(d -> !d.terminating()).map(d -> attemptToDelete(d, api))
                    .reduce(Requeue.NEVER, Requeue::or);
        }
        return withoutFinalizer(node, api, OwnerGraph.FOREGROUND);
    }

    /// Removes the owner reference from the dependents, then the finalizer `orphan`.
    private Requeue orphanDependents(OwnerGraph.Node node, ApiClient api) {
        List<OwnerGraph.Node> dependents = graph.dependents(node.uid());
        SlowStart.all(dependents.size(), i -> orphan(dependents.get(i), node.uid(), api));
        return withoutFinalizer(node, api, OwnerGraph.ORPHAN);
    }

    private static void orphan(OwnerGraph.Node dependent, String owner, ApiClient api) {
        Optional<Obj> live = api.find(dependent.resource(), dependent.key())
                .filter(o -> o.uid().equals(dependent.uid()));
        live.ifPresent(found -> patchMetadata(api, dependent, found, "ownerReferences",
                found.owners().stream().filter(o -> !o.text("uid").equals(owner)).toList()));
    }

    private static Requeue withoutFinalizer(OwnerGraph.Node node, ApiClient api, String finalizer) {
        Optional<Obj> live = api.find(node.resource(), node.key()).filter(o -> o.uid().equals(node.uid()));
        if (live.isPresent() && live.get().finalizers().contains(finalizer)) {
            List<String> remaining = live.get().finalizers().stream().filter(f -> !f.equals(finalizer)).toList();
            patchMetadata(api, node, live.get(), "finalizers", remaining);
        }
        return Requeue.NEVER;
    }

    private static Obj patchMetadata(ApiClient api, OwnerGraph.Node node, Obj live, String field, List<?> remaining) {
        Struct metadata = Struct.of("uid", live.uid(), "resourceVersion", Long.toString(live.revision()), field,
                remaining.isEmpty() ? Null.NULL : remaining);
        return api.patch(node.resource(), node.key(), new Patch.Merge(Struct.of("metadata", metadata)),
                WriteOptions.PLAIN);
    }
}

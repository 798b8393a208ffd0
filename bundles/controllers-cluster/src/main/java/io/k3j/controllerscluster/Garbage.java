package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.Loop;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Deletes what nobody owns any more and finishes cascading deletions:
/// <https://kubernetes.io/docs/concepts/architecture/garbage-collection/>. Keys are uids.
final class Garbage implements Reconciler {
    private static final Key REFRESH = new Key("resources", "refresh");
    private static final Duration REFRESH_EVERY = Duration.ofSeconds(10);
    private static final Duration NOT_YET = Duration.ofMillis(50);

    /// How an owner stands.
    private enum Standing {
        THERE, GOING, GONE
    }

    private final GarbageGraph graph;
    private final GarbageViews views;

    Garbage(ApiClient api, GarbageGraph graph, Consumer<String> due) {
        this.graph = graph;
        views = new GarbageViews(api, graph, due);
    }

    /// Adds the collector.
    /// @return what to close at the end
    static GarbageViews add(Desk desk) {
        Garbage[] all = new Garbage[1];
        Loop loop = desk.loop("garbage-collector-controller", "generic-garbage-collector", 4,
                (key, writer) -> all[0].reconcile(key, writer));
        all[0] = new Garbage(desk.api(), new GarbageGraph(), uid -> loop.queue().add(Key.of(uid)));
        loop.queue().add(REFRESH);
        return all[0].views;
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        if (key.equals(REFRESH)) {
            views.refresh();
            return Again.after(REFRESH_EVERY);
        }
        if (!views.synced()) {
            return Again.after(NOT_YET);
        }
        Optional<GarbageGraph.Node> node = graph.node(key.name());
        return node.isEmpty() ? Again.NEVER : collect(node.get(), writer);
    }

    private Again collect(GarbageGraph.Node node, Writer writer) {
        if (node.orphansDependents()) {
            return orphan(node, writer.api());
        }
        if (node.awaitsDependents()) {
            return finish(node, writer.api());
        }
        if (node.terminating() || node.owners().isEmpty()) {
            return Again.NEVER;
        }
        return judge(node, writer.api());
    }

    private Again judge(GarbageGraph.Node node, ApiClient api) {
        Optional<Obj> found = api.find(node.resource(), node.key());
        if (found.isEmpty() || !found.get().uid().equals(node.uid()) || found.get().terminating()) {
            return Again.NEVER;
        }
        Obj live = found.get();
        if (live.owners().isEmpty()) {
            // freed since the graph was told of it
            return Again.NEVER;
        }
        List<Struct> there = new ArrayList<>();
        boolean going = false;
        for (Struct owner : live.owners()) {
            switch (standing(owner, live, api)) {
                case THERE -> there.add(owner);
                case GOING -> going = true;
                case GONE -> {
                    // no reason to keep it
                }
            }
        }
        if (!there.isEmpty()) {
            if (there.size() < live.owners().size()) {
                patchMetadata(api, node, live, "ownerReferences", there);
            }
            return Again.NEVER;
        }
        List<GarbageGraph.Node> dependents = graph.dependents(node.uid());
        if (going && dependents.stream().anyMatch(GarbageGraph.Node::awaitsDependents)) {
            // perhaps a circle, in which each would wait for the next
            live = unblocked(api, node, live);
        }
        delete(api, node, live, going && !dependents.isEmpty());
        return Again.NEVER;
    }

    /// Makes an object one that no owner waits for.
    private static Obj unblocked(ApiClient api, GarbageGraph.Node node, Obj live) {
        return patchMetadata(api, node, live, "ownerReferences",
                live.owners().stream().map(o -> o.with("blockOwnerDeletion", false)).toList());
    }

    private static void delete(ApiClient api, GarbageGraph.Node node, Obj live, boolean foreground) {
        String policy = live.finalizers().contains(GarbageGraph.ORPHAN)
                ? "Orphan"
                : foreground || live.finalizers().contains(GarbageGraph.FOREGROUND) ? "Foreground" : "Background";
        try {
            api.delete(node.resource(), node.key(), new DeleteOptions(-1, policy, live.uid(), live.revision()));
        } catch (ApiFault fault) {
            if (fault.code() != 404) {
                throw fault;
            }
        }
    }

    private Standing standing(Struct owner, Obj dependent, ApiClient api) {
        Optional<GarbageGraph.Node> known = graph.node(owner.text("uid"));
        if (known.isPresent()) {
            return standing(owner, known.get());
        }
        @Nullable
        ApiResource resource = views.resource(owner.text("apiVersion"), owner.text("kind"));
        if (resource == null) {
            throw new ApiFault(503, "ServiceUnavailable", "no resource for owner " + owner.text("apiVersion") + " "
                    + owner.text("kind") + " of " + dependent, Struct.EMPTY);
        }
        Key key = new Key(resource.namespaced() ? dependent.namespace() : "", owner.text("name"));
        return api.find(resource.resource(), key).filter(o -> o.uid().equals(owner.text("uid")))
                .map(o -> standing(owner, GarbageGraph.Node.of(resource.resource(), o))).orElse(Standing.GONE);
    }

    private static Standing standing(Struct reference, GarbageGraph.Node owner) {
        return owner.awaitsDependents() && reference.flag("blockOwnerDeletion") ? Standing.GOING : Standing.THERE;
    }

    /// Lets an object go whose dependents have gone.
    private Again finish(GarbageGraph.Node node, ApiClient api) {
        List<GarbageGraph.Node> blocking = graph.dependents(node.uid()).stream().filter(d -> d.blocks(node.uid()))
                .toList();
        if (!blocking.isEmpty()) {
            blocking.stream().filter(d -> !d.terminating()).forEach(d -> judge(d, api));
            return Again.NEVER;
        }
        return withoutFinalizer(node, api, GarbageGraph.FOREGROUND);
    }

    /// Tells the dependents that they are free, then lets the object go.
    private Again orphan(GarbageGraph.Node node, ApiClient api) {
        for (GarbageGraph.Node dependent : graph.dependents(node.uid())) {
            Optional<Obj> live = api.find(dependent.resource(), dependent.key());
            if (live.isPresent() && live.get().uid().equals(dependent.uid())) {
                List<Struct> left = live.get().owners().stream().filter(o -> !o.text("uid").equals(node.uid()))
                        .toList();
                patchMetadata(api, dependent, live.get(), "ownerReferences", left);
            }
        }
        return withoutFinalizer(node, api, GarbageGraph.ORPHAN);
    }

    private static Again withoutFinalizer(GarbageGraph.Node node, ApiClient api, String finalizer) {
        Optional<Obj> live = api.find(node.resource(), node.key()).filter(o -> o.uid().equals(node.uid()));
        if (live.isPresent() && live.get().finalizers().contains(finalizer)) {
            List<String> left = live.get().finalizers().stream().filter(f -> !f.equals(finalizer)).toList();
            patchMetadata(api, node, live.get(), "finalizers", left);
        }
        return Again.NEVER;
    }

    private static Obj patchMetadata(ApiClient api, GarbageGraph.Node node, Obj live, String field, List<?> left) {
        Struct metadata = Struct.of("uid", live.uid(), "resourceVersion", Long.toString(live.revision()), field,
                left.isEmpty() ? Null.NULL : left);
        return api.patch(node.resource(), node.key(), new Patch.Merge(Struct.of("metadata", metadata)),
                WriteOptions.PLAIN);
    }
}

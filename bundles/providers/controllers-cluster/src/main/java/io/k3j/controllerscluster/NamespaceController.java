package io.k3j.controllerscluster;

import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Deletes the content of terminating namespaces, pods first, and removes the finalizer when, some seconds after the
/// deletion, there is nothing more:
/// <https://kubernetes.io/docs/tasks/administer-cluster/namespaces/#deleting-a-namespace>.
final class NamespaceController implements Reconciler {
    /// As upstream: a server that answers late keeps no other namespace.
    private static final int WORKERS = 10;
    private static final String FINALIZER = "kubernetes";
    private static final Duration RECHECK = Duration.ofSeconds(1);
    /// As upstream: so long after a namespace began to go there may be creates that a server admitted before it knew.
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final LiveView namespaces;
    private final TimeSource clock;
    private final Map<Key, Going> going = new ConcurrentHashMap<>();

    /// A namespace that goes, and since when this server knows.
    private record Going(String uid, Instant since) {
    }

    private NamespaceController(ControllerContext context) {
        this.namespaces = context.views().of(BuiltinResources.NAMESPACES);
        this.clock = context.clock();
    }

    static void add(ControllerContext context) {
        NamespaceController all = new NamespaceController(context);
        context.loop("namespace-controller", "namespace-controller", WORKERS, all).on(all.namespaces);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = namespaces.get(key).filter(Obj::terminating)
                .filter(n -> n.spec().seq("finalizers").contains(FINALIZER));
        if (found.isEmpty()) {
            going.remove(key);
            return Requeue.NEVER;
        }
        Obj namespace = found.get();
        Duration early = early(namespace);
        NamespaceContent content = NamespaceContent.deleteAll(writer.api(), namespace.name());
        Seq conditions = content.conditions(namespace.status().seq("conditions"), clock.instant());
        Obj updated = writer.updateStatus(BuiltinResources.NAMESPACES, namespace,
                namespace.status().with("phase", "Terminating").with("conditions", conditions));
        if (content.isEmpty() && early.isPositive()) {
            return Requeue.after(early);
        }
        if (!content.isEmpty() || content.found()) {
            return Requeue.after(RECHECK);
        }
        finish(updated, writer);
        return Requeue.NEVER;
    }

    /// How long something may still land in a namespace that goes.
    private Duration early(Obj namespace) {
        Instant now = clock.monotonic().instant();
        Going since = Objects.requireNonNull(
                going.compute(namespace.key(), (_, known) -> known != null && known.uid().equals(namespace.uid())
                        ? known : new Going(namespace.uid(), now)));
        return GRACE.minus(Duration.between(since.since(), now));
    }

    private static void finish(Obj updated, ExpectingWriter writer) {
        List<String> remaining = updated.spec().seq("finalizers").texts().stream().filter(f -> !f.equals(FINALIZER))
                .toList();
        writer.api().update(BuiltinResources.NAMESPACES, updated.with(remaining, "spec", "finalizers"),
                WriteOptions.of("finalize"));
    }
}

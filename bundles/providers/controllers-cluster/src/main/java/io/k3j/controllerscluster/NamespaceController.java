package io.k3j.controllerscluster;

import io.k3j.clientapi.WriteOptions;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Deletes the content of terminating namespaces, pods first, and removes the finalizer at the end:
/// <https://kubernetes.io/docs/tasks/administer-cluster/namespaces/#deleting-a-namespace>.
final class NamespaceController implements Reconciler {
    /// As upstream: a server that answers late keeps no other namespace.
    private static final int WORKERS = 10;
    private static final String FINALIZER = "kubernetes";
    private static final Duration RECHECK = Duration.ofSeconds(1);

    private final LiveView namespaces;
    private final InstantSource clock;

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
            return Requeue.NEVER;
        }
        Obj namespace = found.get();
        NamespaceContent content = NamespaceContent.deleteAll(writer.api(), namespace.name());
        Seq conditions = content.conditions(namespace.status().seq("conditions"), clock.instant());
        Obj updated = writer.updateStatus(BuiltinResources.NAMESPACES, namespace,
                namespace.status().with("phase", "Terminating").with("conditions", conditions));
        if (!content.isEmpty()) {
            return Requeue.after(RECHECK);
        }
        List<String> remaining = updated.spec().seq("finalizers").texts().stream().filter(f -> !f.equals(FINALIZER))
                .toList();
        writer.api().update(BuiltinResources.NAMESPACES, updated.with(remaining, "spec", "finalizers"),
                WriteOptions.of("finalize"));
        return Requeue.NEVER;
    }
}

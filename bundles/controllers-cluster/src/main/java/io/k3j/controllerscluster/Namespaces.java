package io.k3j.controllerscluster;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Empties namespaces that are being deleted, pods first, then lets them go:
/// <https://kubernetes.io/docs/tasks/administer-cluster/namespaces/#deleting-a-namespace>.
final class Namespaces implements Reconciler {
    private static final String FINALIZER = "kubernetes";
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final LiveView namespaces;
    private final InstantSource clock;

    private Namespaces(Desk desk) {
        this.namespaces = desk.views().of(Resources.NAMESPACES);
        this.clock = desk.clock();
    }

    static void add(Desk desk) {
        Namespaces all = new Namespaces(desk);
        desk.loop("namespace-controller", "namespace-controller", 4, all).on(all.namespaces);
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> found = namespaces.get(key).filter(Obj::terminating)
                .filter(n -> n.spec().seq("finalizers").contains(FINALIZER));
        if (found.isEmpty()) {
            return Again.NEVER;
        }
        Obj namespace = found.get();
        NamespaceContent content = NamespaceContent.removed(writer.api(), namespace.name());
        Seq conditions = content.conditions(namespace.status().seq("conditions"), clock.instant());
        Obj told = writer.updateStatus(Resources.NAMESPACES, namespace,
                namespace.status().with("phase", "Terminating").with("conditions", conditions));
        if (!content.gone()) {
            return Again.after(LOOK_AGAIN);
        }
        List<String> left = told.spec().seq("finalizers").texts().stream().filter(f -> !f.equals(FINALIZER)).toList();
        writer.api().update(Resources.NAMESPACES, told.with(left, "spec", "finalizers"), WriteOptions.of("finalize"));
        return Again.NEVER;
    }
}

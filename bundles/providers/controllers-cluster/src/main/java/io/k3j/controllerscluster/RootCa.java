package io.k3j.controllerscluster;

import io.k3j.clientapi.Query;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Publishes the API server's CA certificate in every namespace, as ConfigMap `kube-root-ca.crt`:
/// <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>.
final class RootCa implements Reconciler {
    private static final String NAME = "kube-root-ca.crt";
    private static final String DESCRIPTION = "Contains a CA bundle that can be used to verify the kube-apiserver when"
            + " using internal endpoints such as the internal service IP or kubernetes.default.svc."
            + " No other usage is guaranteed across distributions of Kubernetes clusters.";

    private final LiveView namespaces;
    private final LiveView maps;
    private final Supplier<String> certificate;

    private RootCa(ControllerContext context, Supplier<String> certificate) {
        this.namespaces = context.views().of(BuiltinResources.NAMESPACES);
        this.maps = context.views().of(BuiltinResources.CONFIG_MAPS, Query.ALL.where("metadata.name", NAME));
        this.certificate = certificate;
    }

    static void add(ControllerContext context, Supplier<String> certificate) {
        RootCa all = new RootCa(context, certificate);
        context.loop("root-ca-certificate-publisher-controller", "root-ca-cert-publisher", 1, all).on(all.namespaces)
                .on(all.maps, m -> List.of(Key.of(m.namespace())));
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        if (namespaces.get(key).filter(NamespaceObjects::acceptsObjects).isEmpty()) {
            return Requeue.NEVER;
        }
        Struct data = Struct.of("ca.crt", certificate.get());
        Optional<Obj> found = maps.get(new Key(key.name(), NAME));
        if (found.isEmpty()) {
            Struct metadata = Struct.of("name", NAME, "namespace", key.name(), "annotations",
                    Struct.of("kubernetes.io/description", DESCRIPTION));
            NamespaceObjects.create(writer, BuiltinResources.CONFIG_MAPS,
                    Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata", metadata, "data", data)));
        } else if (!found.get().tree().struct("data").equals(data)) {
            writer.update(BuiltinResources.CONFIG_MAPS, found.get().with(data, "data").with(DESCRIPTION, "metadata",
                    "annotations", "kubernetes.io/description"));
        }
        return Requeue.NEVER;
    }
}

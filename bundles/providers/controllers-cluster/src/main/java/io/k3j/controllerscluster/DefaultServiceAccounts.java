package io.k3j.controllerscluster;

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

/// Creates the service account `default` in every namespace:
/// <https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts>.
final class DefaultServiceAccounts implements Reconciler {
    private static final String DEFAULT = "default";

    private final LiveView namespaces;
    private final LiveView accounts;

    private DefaultServiceAccounts(ControllerContext context) {
        this.namespaces = context.views().of(BuiltinResources.NAMESPACES);
        this.accounts = context.views().of(BuiltinResources.SERVICE_ACCOUNTS);
    }

    static void add(ControllerContext context) {
        DefaultServiceAccounts all = new DefaultServiceAccounts(context);
        context.loop("serviceaccount-controller", "service-account-controller", 1, all).on(all.namespaces)
                .on(all.accounts, a -> a.name().equals(DEFAULT) ? List.of(Key.of(a.namespace())) : List.of());
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        boolean wanted = namespaces.get(key).filter(NamespaceObjects::acceptsObjects).isPresent();
        if (wanted && accounts.get(new Key(key.name(), DEFAULT)).isEmpty()) {
            NamespaceObjects.create(writer, BuiltinResources.SERVICE_ACCOUNTS,
                    Obj.of(Struct.of("apiVersion", "v1", "kind",
                            "ServiceAccount", "metadata", Struct.of("name", DEFAULT, "namespace", key.name()))));
        }
        return Requeue.NEVER;
    }
}

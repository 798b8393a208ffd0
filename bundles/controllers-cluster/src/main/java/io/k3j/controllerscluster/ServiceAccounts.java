package io.k3j.controllerscluster;

import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;

/// Gives every namespace its service account `default`:
/// <https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts>.
final class ServiceAccounts implements Reconciler {
    private static final String DEFAULT = "default";

    private final LiveView namespaces;
    private final LiveView accounts;

    private ServiceAccounts(Desk desk) {
        this.namespaces = desk.views().of(Resources.NAMESPACES);
        this.accounts = desk.views().of(Resources.SERVICE_ACCOUNTS);
    }

    static void add(Desk desk) {
        ServiceAccounts all = new ServiceAccounts(desk);
        desk.loop("serviceaccount-controller", "service-account-controller", 1, all).on(all.namespaces)
                .on(all.accounts, a -> a.name().equals(DEFAULT) ? List.of(Key.of(a.namespace())) : List.of());
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        boolean wanted = namespaces.get(key).filter(Namespaced::open).isPresent();
        if (wanted && accounts.get(new Key(key.name(), DEFAULT)).isEmpty()) {
            Namespaced.create(writer, Resources.SERVICE_ACCOUNTS, Obj.of(Struct.of("apiVersion", "v1", "kind",
                    "ServiceAccount", "metadata", Struct.of("name", DEFAULT, "namespace", key.name()))));
        }
        return Again.NEVER;
    }
}

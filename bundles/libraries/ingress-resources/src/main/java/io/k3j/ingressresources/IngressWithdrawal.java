package io.k3j.ingressresources;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.ingressrouting.IngressObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// The end of what was published: Service, class, slices and the addresses in Ingresses. A Service that selects pods is
/// somebody else's, and then the class and the addresses are too. Blocks for the API.
public final class IngressWithdrawal {
    private IngressWithdrawal() {
    }

    /// Takes away what this server has written, and unless others go on what all of them have.
    ///
    /// @param node of this server
    /// @param others whether other servers go on
    /// @throws ApiFault when the API refuses
    public static void all(ApiClient api, String node, boolean others) {
        for (boolean ipv6 : new boolean[] {false, true}) {
            IngressPublication.delete(api, BuiltinResources.ENDPOINT_SLICES, IngressPublication.key(node, ipv6));
        }
        Optional<Obj> service = api.find(BuiltinResources.SERVICES, IngressPublication.SERVICE);
        if (others || service.filter(s -> !s.spec().struct("selector").isEmpty()).isPresent()) {
            return;
        }
        List<Obj> classes = api.list(IngressResources.CLASSES, Query.ALL).items();
        api.list(BuiltinResources.INGRESSES, Query.ALL).items().stream()
                .filter(i -> IngressObjects.ours(i, IngressObjects.classes(classes))).forEach(i -> clear(api, i));
        if (service.isPresent()) {
            IngressPublication.delete(api, BuiltinResources.SERVICES, IngressPublication.SERVICE);
            IngressPublication.delete(api, IngressResources.CLASSES, IngressPublication.CLASS);
        }
    }

    private static void clear(ApiClient api, Obj ingress) {
        Seq shown = ingress.status().struct("loadBalancer").seq("ingress");
        if (shown.isEmpty()) {
            return;
        }
        try {
            api.update(BuiltinResources.INGRESSES,
                    ingress.with(Struct.of("loadBalancer", Struct.EMPTY), "status"), WriteOptions.STATUS);
        } catch (ApiFault e) {
            // who deletes or changes it meanwhile has no use for the old addresses either
            if (e.code() != 404 && e.code() != 409) {
                throw e;
            }
        }
    }
}

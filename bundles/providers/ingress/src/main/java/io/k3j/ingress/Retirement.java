package io.k3j.ingress;

import io.k3j.ingressrouting.IngressObjects;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Retire;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Takes Service, class, slices and the addresses in Ingresses away when the feature is disabled for good. A Service
/// that selects pods is somebody else's, and then the class and the addresses are too. A server that only lost its
/// agent takes its own slices away.
@Component(configurationPid = "io.k3j.ingress.retire", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Retirement implements Retire {
    private final ApiClient api;
    private final String node;
    private final boolean others;

    /// Does nothing until it is called.
    @Activate
    public Retirement(IngressSettings settings, @Reference ApiClient api) {
        this(api, settings.nodeName(), settings.disableAgent());
    }

    /// @param others whether other servers go on
    Retirement(ApiClient api, String node, boolean others) {
        this.api = api;
        this.node = node;
        this.others = others;
    }

    @Override
    public void retire() {
        for (boolean ipv6 : new boolean[] {false, true}) {
            IngressPublication.delete(api, BuiltinResources.ENDPOINT_SLICES, IngressPublication.key(node, ipv6));
        }
        Optional<Obj> service = api.find(BuiltinResources.SERVICES, IngressPublication.SERVICE);
        if (others || service.filter(s -> !s.spec().struct("selector").isEmpty()).isPresent()) {
            return;
        }
        List<Obj> classes = api.list(IngressResources.CLASSES, Query.ALL).items();
        api.list(BuiltinResources.INGRESSES, Query.ALL).items().stream()
                .filter(i -> IngressObjects.ours(i, IngressObjects.classes(classes))).forEach(this::clear);
        if (service.isPresent()) {
            IngressPublication.delete(api, BuiltinResources.SERVICES, IngressPublication.SERVICE);
            IngressPublication.delete(api, IngressResources.CLASSES, IngressPublication.CLASS);
        }
    }

    private void clear(Obj ingress) {
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

package io.k3j.servicelb;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Retire;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Takes the addresses of nodes from all Services, and what stock K3s has left, when the feature is disabled for good.
@Component(configurationPid = "io.k3j.servicelb.retire", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Retirement implements Retire {
    /// How often a Service that others write is read anew.
    private static final int ATTEMPTS = 5;
    private final ApiClient api;
    private final String namespace;
    private final boolean here;

    /// Does nothing until it is called.
    @Activate
    public Retirement(ServiceLbSettings settings, @Reference ApiClient api) {
        this.api = api;
        this.namespace = settings.servicelbNamespace();
        this.here = !settings.disableApiserver();
    }

    @Override
    public void retire() {
        if (here) {
            clear();
        }
    }

    private void clear() {
        List<Obj> nodes = api.list(BuiltinResources.NODES, Query.ALL).items();
        Set<String> addresses = new HashSet<>();
        nodes.forEach(n -> n.status().seq("addresses").structs().forEach(a -> addresses.add(a.text("address"))));
        api.list(BuiltinResources.SERVICES, Query.ALL).items().stream()
                .filter(s -> BalancedService.begun(s) && !s.spec().has("loadBalancerClass"))
                .forEach(s -> withdraw(s, addresses));
        StockBalancers.delete(api, namespace);
        // the nodes that run take it away themselves as soon as no Service is balanced
        nodes.stream().filter(n -> n.annotations().containsKey(ServiceLbLabels.PORTS)).forEach(this::forget);
    }

    private void withdraw(Obj service, Set<String> addresses) {
        Obj current = service;
        for (int i = 1;; i++) {
            try {
                withdrawOnce(current, addresses);
                return;
            } catch (ApiFault e) {
                if (e.code() == 404) {
                    return;
                }
                if (e.code() != 409 || i == ATTEMPTS) {
                    throw e;
                }
                current = api.get(BuiltinResources.SERVICES, service.key());
            }
        }
    }

    private void withdrawOnce(Obj service, Set<String> addresses) {
        Seq left = Seq.copyOf(IngressStatus.of(service).structs().stream()
                .filter(e -> !addresses.contains(e.text("ip"))).toList());
        api.update(BuiltinResources.SERVICES, BalancedService.with(service, left, false), WriteOptions.STATUS);
    }

    private void forget(Obj node) {
        Struct nothing = Struct.of("metadata", Struct.of("annotations", Struct.of(ServiceLbLabels.PORTS, Null.NULL)));
        api.as("system:k3s-supervisor").patch(BuiltinResources.NODES, node.key(), new Patch.Merge(nothing),
                WriteOptions.PLAIN);
    }
}

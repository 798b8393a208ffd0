package com.example.addresspool;

import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Gives each Service of type LoadBalancer one address of a pool, which it keeps; a Service that finds none waits until
/// one is free. What routes the addresses to the nodes is not its business.
final class AddressReconciler implements Reconciler {
    static final Gvr POOLS = new Gvr("network.example.com", "v1", "addresspools");
    static final Gvr SERVICES = new Gvr("", "v1", "services");
    private final LiveView pools;
    private final LiveView services;

    private AddressReconciler(LiveView pools, LiveView services) {
        this.pools = pools;
        this.services = services;
    }

    static void add(ControllerContext context) {
        LiveView pools = context.views().of(POOLS);
        LiveView services = context.views().of(SERVICES);
        AddressReconciler reconciler = new AddressReconciler(pools, services);
        // whatever changes may free an address for those that wait
        context.loop("address", reconciler).on(services, service -> reconciler.concerned())
                .on(pools, pool -> reconciler.concerned());
    }

    private Collection<Key> concerned() {
        return balanced().stream().map(Obj::key).toList();
    }

    private List<Obj> balanced() {
        return services.list().stream().filter(service -> service.spec().text("type").equals("LoadBalancer")).toList();
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        services.get(key).filter(service -> service.spec().text("type").equals("LoadBalancer"))
                .ifPresent(service -> give(service, writer));
        return Requeue.NEVER;
    }

    private void give(Obj service, ExpectingWriter writer) {
        Set<String> taken = balanced().stream().filter(other -> !other.key().equals(service.key()))
                .map(AddressReconciler::address).collect(Collectors.toSet());
        List<String> free = pools.list().stream().sorted((one, other) -> one.key().compareTo(other.key()))
                .flatMap(pool -> pool.spec().seq("addresses").texts().stream())
                .filter(address -> !taken.contains(address)).toList();
        Optional<String> wanted = free.contains(address(service)) ? Optional.of(address(service))
                : free.stream().findFirst();
        Seq ingress = wanted.map(address -> Seq.of(Struct.of("ip", address, "ipMode", "VIP"))).orElse(Seq.EMPTY);
        if (!address(service).equals(wanted.orElse(""))) {
            writer.updateStatus(SERVICES, service, service.status().with("loadBalancer",
                    ingress.isEmpty() ? Struct.EMPTY : Struct.of("ingress", ingress)));
        }
    }

    private static String address(Obj service) {
        Seq ingress = service.status().struct("loadBalancer").seq("ingress");
        return ingress.isEmpty() ? "" : ingress.struct(0).text("ip");
    }
}

package io.k3j.controllerscluster;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Selected;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// Keeps the Endpoints objects of services that select pods, for clients that do not know endpoint slices:
/// <https://kubernetes.io/docs/concepts/services-networking/service/#endpoints>.
final class EndpointsObjects implements Reconciler {
    static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";
    private static final String HEADLESS = "service.kubernetes.io/headless";

    private final LiveView services;
    private final LiveView pods;
    private final LiveView endpoints;

    private EndpointsObjects(Desk desk) {
        this.services = desk.views().of(Resources.SERVICES);
        this.pods = desk.views().of(Resources.PODS);
        this.endpoints = desk.views().of(Resources.ENDPOINTS);
    }

    static void add(Desk desk) {
        EndpointsObjects all = new EndpointsObjects(desk);
        desk.loop("endpoints-controller", "endpoint-controller", 2, all).on(all.services).on(all.endpoints)
                .on(all.pods, Selected.by(all.services, EndpointSlices::selector));
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> service = services.get(key);
        Optional<Obj> present = endpoints.get(key);
        if (service.isEmpty()) {
            present.filter(EndpointsObjects::ours)
                    .ifPresent(e -> writer.delete(Resources.ENDPOINTS, e, DeleteOptions.PLAIN));
            return Again.NEVER;
        }
        if (!ServicePods.managed(service.get()) || service.get().terminating()) {
            return Again.NEVER;
        }
        Selector selector = EndpointSlices.selector(service.get());
        List<Obj> behind = pods.list(key.namespace()).stream().filter(p -> selector.matches(p.labels()))
                .filter(ServicePods::addressable).toList();
        Obj wanted = wanted(service.get(), present, EndpointsPlan.subsets(service.get(), behind));
        if (present.isEmpty()) {
            Namespaced.create(writer, Resources.ENDPOINTS, wanted);
        } else if (!wanted.tree().equals(present.get().tree())) {
            writer.update(Resources.ENDPOINTS, wanted);
        }
        return Again.NEVER;
    }

    private static boolean ours(Obj endpoints) {
        return endpoints.labels().containsKey(MANAGED_BY);
    }

    private static Obj wanted(Obj service, Optional<Obj> present, Seq subsets) {
        Struct.Builder labels = Struct.builder();
        service.labels().forEach(labels::put);
        labels.remove(HEADLESS);
        if (ServicePods.headless(service)) {
            labels.put(HEADLESS, "");
        }
        labels.put(MANAGED_BY, "endpoint-controller");
        Obj base = present.orElseGet(() -> Obj.of(Struct.of("apiVersion", "v1", "kind", "Endpoints", "metadata",
                Struct.of("name", service.name(), "namespace", service.namespace()))));
        Obj labelled = base.with(labels.build(), "metadata", "labels");
        return subsets.isEmpty() ? labelled.without("subsets") : labelled.with(subsets, "subsets");
    }
}

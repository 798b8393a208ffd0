package io.k3j.endpointcontrollers;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Selected;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// Reconciles the Endpoints of Services with a selector, for clients that do not use EndpointSlices:
/// <https://kubernetes.io/docs/concepts/services-networking/service/#endpoints>.
final class EndpointsObjects implements Reconciler {
    static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";
    /// Tells clients that addresses are missing here; EndpointSlices have all of them.
    private static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
    private static final String HEADLESS = "service.kubernetes.io/headless";

    private final LiveView services;
    private final LiveView pods;
    private final LiveView endpoints;
    private final Events events;

    private EndpointsObjects(ControllerContext context) {
        this.events = context.events("endpoint-controller", "endpoint-controller");
        this.services = context.views().of(BuiltinResources.SERVICES);
        this.pods = context.views().of(BuiltinResources.PODS);
        this.endpoints = context.views().of(BuiltinResources.ENDPOINTS);
    }

    static void add(ControllerContext context) {
        EndpointsObjects all = new EndpointsObjects(context);
        context.loop("endpoints-controller", "endpoint-controller", 5, all).on(all.services).on(all.endpoints)
                .on(all.pods, ServicePods::read, Selected.by(all.services, EndpointSlices::selector));
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> service = services.get(key);
        Optional<Obj> present = endpoints.get(key);
        if (service.isEmpty()) {
            present.filter(EndpointsObjects::managedHere)
                    .ifPresent(e -> writer.delete(BuiltinResources.ENDPOINTS, e, DeleteOptions.PLAIN));
            return Requeue.NEVER;
        }
        if (!ServicePods.managed(service.get()) || service.get().terminating()) {
            return Requeue.NEVER;
        }
        Selector selector = EndpointSlices.selector(service.get());
        List<Obj> backends = pods.list(key.namespace()).stream().filter(p -> selector.matches(p.labels()))
                .filter(ServicePods::addressable).toList();
        Obj wanted = wanted(service.get(), present, EndpointsPlan.of(service.get(), backends));
        if (present.isEmpty()) {
            create(wanted, writer);
        } else if (!wanted.tree().equals(present.get().tree())) {
            update(wanted, writer);
        }
        return Requeue.NEVER;
    }

    private void create(Obj endpoints, ExpectingWriter writer) {
        try {
            writer.create(BuiltinResources.ENDPOINTS, endpoints);
        } catch (ApiFault fault) {
            if (!fault.reason().equals("AlreadyExists") && !SlicePlan.namespaceGoes(fault)) {
                events.warning(endpoints, "FailedToCreateEndpoint",
                        "Failed to create endpoint for service " + endpoints.key() + ": " + fault.getMessage());
                throw fault;
            }
        }
    }

    /// That somebody else was faster is nothing to be told.
    private void update(Obj endpoints, ExpectingWriter writer) {
        try {
            writer.update(BuiltinResources.ENDPOINTS, endpoints);
        } catch (ApiFault fault) {
            if (!fault.reason().equals("Conflict")) {
                events.warning(endpoints, "FailedToUpdateEndpoint",
                        "Failed to update endpoint " + endpoints.key() + ": " + fault.getMessage());
            }
            throw fault;
        }
    }

    private static boolean managedHere(Obj endpoints) {
        return endpoints.labels().containsKey(MANAGED_BY);
    }

    private static Obj wanted(Obj service, Optional<Obj> present, EndpointsPlan plan) {
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
        Obj told = plan.truncated() ? labelled.with("truncated", "metadata", "annotations", OVER_CAPACITY)
                : labelled.without("metadata", "annotations", OVER_CAPACITY);
        return plan.subsets().isEmpty() ? told.without("subsets") : told.with(plan.subsets(), "subsets");
    }
}

package com.example.startorder;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.nodeapi.PodStartGate;
import java.time.InstantSource;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The component: follows the EndpointSlices, and is the gate. It is there before it knows them, and while the API is
/// away: a pod that names a Service must not start because nobody was asked.
@Component(service = PodStartGate.class, immediate = true)
public final class StartOrder implements PodStartGate, View.Listener {
    static final Gvr SLICES = new Gvr("discovery.k8s.io", "v1", "endpointslices");
    private static final String SERVICE = "service";
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private final HealthScope health;
    private final LiveView slices = new LiveView(SLICES, Query.ALL, InstantSource.system()).index(SERVICE,
            slice -> List.of(new Key(slice.namespace(), slice.labels().getOrDefault(SERVICE_NAME, "")).toString()));
    private final ServiceGate gate = new ServiceGate(slices::synced, key -> slices.by(SERVICE, key.toString()));

    /// Returns at once: the view tells when it is complete.
    @Activate
    public StartOrder(@Reference Health health) {
        this.health = health.scope("start-order");
        this.health.report(HealthLevel.STARTING, "waits until it may read " + SLICES.qualified());
        slices.listen(this);
    }

    /// Follows the newest client; what is known stays while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        slices.attach(api);
    }

    void unbindApi(ApiClient api) {
        // its views end with it, and its successor is followed by then
    }

    @Override
    public void changed(Obj before, Obj after) {
        // the view has the objects
    }

    @Override
    public void synced() {
        health.ok();
    }

    @Override
    public void beforeStart(Obj pod, List<String> addresses) {
        gate.beforeStart(pod, addresses);
    }

    /// Ends what was begun. Pods that wait may start.
    @Deactivate
    public void stop() {
        slices.close();
    }
}

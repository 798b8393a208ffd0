package com.example.namespaceuse;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.Lister;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.time.InstantSource;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The component: serves the group from the beginning, and answers 503 until it knows what it has to show.
@Component(service = {}, immediate = true)
public final class NamespaceUses implements View.Listener {
    private final HealthScope health;
    private final LiveView namespaces = new LiveView(new Gvr("", "v1", "namespaces"), Query.ALL,
            InstantSource.system());
    private final LiveView pods = new LiveView(new Gvr("", "v1", "pods"), Query.ALL, InstantSource.system());
    private final List<ServiceRegistration<?>> registrations;

    /// Returns at once: the views tell when they are complete. Without the right to read them it tries on.
    @Activate
    public NamespaceUses(BundleContext context, @Reference Health health) {
        this.health = health.scope("namespace-use");
        this.health.report(HealthLevel.STARTING, "waits until it may read namespaces and pods");
        UseKinds kinds = new UseKinds();
        Dictionary<String, Object> first = new Hashtable<>(Map.of(KindCatalog.GENERATION, 1L));
        // hooks and lister before the catalog, so that no kind is there that nobody answers for
        registrations = List.of(context.registerService(KindHooks.class, kinds, null),
                context.registerService(Lister.class, new UseLister(this::known, pods::list), null),
                context.registerService(KindCatalog.class, kinds, first));
        namespaces.listen(this);
        pods.listen(this);
    }

    private List<Obj> known() {
        if (!namespaces.synced() || !pods.synced()) {
            throw ApiFault.unavailable("namespaces and pods are not known yet");
        }
        return namespaces.list();
    }

    /// Follows the newest client; what is known stays while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        namespaces.attach(api);
        pods.attach(api);
    }

    void unbindApi(ApiClient api) {
        // its views end with it, and its successor is followed by then
    }

    @Override
    public void changed(Obj before, Obj after) {
        // the views have the objects
    }

    @Override
    public void synced() {
        if (namespaces.synced() && pods.synced()) {
            health.ok();
        }
    }

    /// Withdraws the group, the catalog first.
    @Deactivate
    public void stop() {
        registrations.reversed().forEach(ServiceRegistration::unregister);
        namespaces.close();
        pods.close();
    }
}

package com.example.labelpolicy;

import io.k3j.apiserverapi.Admission;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.time.InstantSource;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// The component: follows the objects that configure it, and registers the admission plug-in once it knows them all.
@Component(service = {}, immediate = true)
public final class LabelPolicies implements View.Listener {
    static final Gvr POLICIES = new Gvr("policy.example.com", "v1", "labelpolicies");
    private static final int AFTER_ALL_OTHERS = 10_000;
    private final BundleContext context;
    private final HealthScope health;
    private final LiveView policies;
    private ServiceRegistration<Admission> registration;

    /// Returns at once: the view tells when it is complete. Without the CRD, or the right to read, it tries on.
    @Activate
    public LabelPolicies(BundleContext context, @Reference ApiClient api, @Reference Health health) {
        this.context = context;
        this.health = health.scope("label-policy");
        this.policies = new LiveView(POLICIES, Query.ALL, InstantSource.system());
        this.health.report(HealthLevel.STARTING, "waits until it may read " + POLICIES.qualified());
        policies.listen(this);
        policies.attach(api);
    }

    @Override
    public void changed(Obj before, Obj after) {
        // the view has the objects
    }

    /// All policies are known: from now on writes are looked at.
    @Override
    public synchronized void synced() {
        if (registration == null) {
            registration = context.registerService(Admission.class, new LabelAdmission(policies::list),
                    new Hashtable<>(Map.of(Admission.ORDER, AFTER_ALL_OTHERS)));
            health.ok();
        }
    }

    /// Ends what was begun. No object is touched.
    @Deactivate
    public void stop() {
        policies.close();
        withdraw();
    }

    private synchronized void withdraw() {
        if (registration != null) {
            registration.unregister();
        }
    }
}

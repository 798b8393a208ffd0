package com.example.breakglass;

import io.k3j.apiserverapi.Authorizer;
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
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// The component: follows the grants, and registers the authorizer once it knows them all.
@Component(service = {}, immediate = true)
public final class AccessGrants implements View.Listener {
    static final Gvr GRANTS = new Gvr("access.example.com", "v1", "accessgrants");
    private final BundleContext context;
    private final HealthScope health;
    private final LiveView grants;
    private ServiceRegistration<Authorizer> registration;

    /// Returns at once: the view tells when it is complete. Without the CRD, or the right to read, it tries on.
    @Activate
    public AccessGrants(BundleContext context, @Reference ApiClient api, @Reference Health health) {
        this.context = context;
        this.health = health.scope("break-glass");
        this.grants = new LiveView(GRANTS, Query.ALL, InstantSource.system());
        this.health.report(HealthLevel.STARTING, "waits until it may read " + GRANTS.qualified());
        grants.listen(this);
        grants.attach(api);
    }

    @Override
    public void changed(Obj before, Obj after) {
        // the view has the objects
    }

    @Override
    public synchronized void synced() {
        if (registration == null) {
            registration = context.registerService(Authorizer.class,
                    new GrantAuthorizer(grants::list, InstantSource.system()), null);
            health.ok();
        }
    }

    /// Ends what was begun. No object is touched.
    @Deactivate
    public void stop() {
        grants.close();
        withdraw();
    }

    private synchronized void withdraw() {
        if (registration != null) {
            registration.unregister();
        }
    }
}

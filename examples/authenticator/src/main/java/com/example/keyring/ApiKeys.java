package com.example.keyring;

import io.k3j.apiserverapi.Authenticator;
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
import java.time.InstantSource;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// The component: follows the keys, and registers the authenticator once it knows them all: asked before that it would
/// call good keys wrong.
@Component(service = {}, immediate = true)
public final class ApiKeys implements View.Listener {
    static final Gvr KEYS = new Gvr("keys.example.com", "v1", "apikeys");
    private final BundleContext context;
    private final HealthScope health;
    private final LiveView keys;
    private ServiceRegistration<Authenticator> registration;

    /// Returns at once: the view tells when it is complete. Without the CRD, or the right to read, it tries on.
    @Activate
    public ApiKeys(BundleContext context, @Reference ApiClient api, @Reference Health health) {
        this.context = context;
        this.health = health.scope("key-ring");
        this.keys = new LiveView(KEYS, Query.ALL, InstantSource.system());
        this.health.report(HealthLevel.STARTING, "waits until it may read " + KEYS.qualified());
        keys.listen(this);
        keys.attach(api);
    }

    @Override
    public void changed(Obj before, Obj after) {
        // the view has the objects
    }

    @Override
    public synchronized void synced() {
        if (registration == null) {
            registration = context.registerService(Authenticator.class,
                    new ApiKeyAuthenticator(name -> keys.get(Key.of(name)), InstantSource.system()), null);
            health.ok();
        }
    }

    /// Ends what was begun. No object is touched.
    @Deactivate
    public void stop() {
        keys.close();
        withdraw();
    }

    private synchronized void withdraw() {
        if (registration != null) {
            registration.unregister();
        }
    }
}

package io.k3j.localpath;

import io.k3j.componentapi.Health;
import io.k3j.edgeapi.Endpoint;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// The component: serves the provisioner on the kubelet's port. Volumes stay as they are when it goes.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.localpath",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class LocalPath {
    private final ServiceRegistration<Endpoint> registration;

    /// Begins to serve.
    @Activate
    public LocalPath(BundleContext context, @Reference Health health) {
        registration = context.registerService(Endpoint.class, new LocalPathEndpoint(),
                new Hashtable<>(Map.of(Endpoint.PORT, "kubelet")));
        health.scope("local-path").ok();
    }

    /// Withdraws the endpoint.
    @Deactivate
    void stop() {
        registration.unregister();
    }
}

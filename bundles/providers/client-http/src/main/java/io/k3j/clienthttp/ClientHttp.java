package io.k3j.clienthttp;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Identities;
import io.k3j.componentapi.Metrics;
import io.k3j.componentbase.ActivationWatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Dictionary;
import java.util.Hashtable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// The component: registers the `ApiClient` of this node once its kubeconfigs exist, whether or not a server is
/// reachable.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.clienthttp",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.pki-ready)")
public final class ClientHttp {
    /// How long a component of a plug-in may take that waits for the client, and when that goes: less than a bundle may
    /// take to start and to stop.
    private static final Duration ACTIVATION = Duration.ofSeconds(20);
    private static final Duration DEACTIVATION = Duration.ofSeconds(3);
    private final ApiClients clients;
    private final ServiceRegistration<?> registration;
    private final ServiceRegistration<Metrics> counted;

    /// The component's settings.
    public @interface Settings {
        /// `--data-dir`.
        String dataDir() default "/var/lib/rancher/k3s";
    }

    /// Registers the client. Does not block: the first request opens the connection.
    @Activate
    public ClientHttp(BundleContext context, Settings settings, @Reference Identities identities,
            @Reference Health health) {
        HealthScope scope = health.scope("client-http");
        clients = new ApiClients(Path.of(settings.dataDir(), "agent").toAbsolutePath(), identities, health);
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("scope", "remote");
        properties.put(Constants.SERVICE_RANKING, -1);
        registration = new ActivationWatch(ACTIVATION).<ServiceRegistration<?>>call(
                () -> context.registerService(ApiClient.class.getName(), clients, properties));
        counted = context.registerService(Metrics.class, clients.metrics()::text, new Hashtable<>());
        scope.ok();
    }

    /// Ends all views and requests.
    @Deactivate
    void stop() {
        counted.unregister();
        new ActivationWatch(DEACTIVATION).run(registration::unregister);
        clients.close();
    }
}

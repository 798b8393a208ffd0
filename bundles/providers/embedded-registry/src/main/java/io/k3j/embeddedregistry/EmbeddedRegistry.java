package io.k3j.embeddedregistry;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The component. Without `--embedded-registry`, or with another container runtime, it does nothing.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.embeddedregistry",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class EmbeddedRegistry {
    private static final System.Logger LOG = System.getLogger("io.k3j.embeddedregistry");
    private final @Nullable NodeShare share;

    /// Begins in the background.
    @Activate
    public EmbeddedRegistry(BundleContext context, EmbeddedRegistrySettings settings, @Reference Health health) {
        HealthScope scope = health.scope("embedded-registry");
        boolean foreign = !settings.containerRuntimeEndpoint().isEmpty();
        if (settings.embeddedRegistry() && foreign) {
            LOG.log(System.Logger.Level.WARNING, "Sharing no images: --embedded-registry needs the containerd that "
                    + "K3s runs, and --container-runtime-endpoint is set");
        }
        if (settings.embeddedRegistry() && !foreign) {
            share = new NodeShare(context, settings, health, scope, System.getenv());
        } else {
            share = null;
            scope.ok();
        }
    }

    /// Uses the newest client; goes on with the last picture while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        if (share != null) {
            share.attach(api);
        }
    }

    /// OSGi binds the successor.
    void unbindApi(ApiClient api) {
        if (share != null) {
            share.detach(api);
        }
    }

    /// Withdraws the endpoints; pulls under way are cut and go on elsewhere.
    @Deactivate
    void stop() {
        if (share != null) {
            share.close();
        }
    }
}

package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Plan;
import io.k3j.datastoreapi.Datastore;
import io.k3j.servercredentials.SupervisorSettings;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// Makes the cluster's credentials, gives the listeners their certificates, and admits servers and agents.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.supervisor",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Supervisor {
    private static final String LAUNCHER = "(service.bundleid=0)";
    private final ServerStartup start;

    /// Starts in the background; the condition `io.k3j.pki-ready` tells when the credentials are complete. Does
    /// not block.
    /// @param plan the launcher's, which the system bundle has registered: servers agree on what it says, so no bundle
    ///        may offer another one
    @Activate
    public Supervisor(BundleContext context, SupervisorSettings settings, @Reference Health health,
            @Reference Abort abort, @Reference(target = LAUNCHER) Plan plan) {
        start = new ServerStartup(context, settings, new OwnConfig(plan), health, abort);
    }

    /// The list of components was bound.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    public void setComponents(Components components) {
        start.components(components);
    }

    /// The list of components was unbound.
    public void unsetComponents(Components components) {
        start.components(null);
    }

    /// The API is available.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY, unbind = "removeApi")
    public void setApi(ApiClient client) {
        start.secrets().apiAvailable(client);
    }

    /// The API was unbound, for example for a swap.
    public void removeApi(ApiClient client) {
        start.secrets().apiUnavailable(client);
    }

    /// The datastore was bound.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setDatastore(Datastore datastore) {
        start.datastore(datastore);
    }

    /// The datastore was unbound, for example for a swap.
    public void unsetDatastore(Datastore datastore) {
        start.datastoreUnbound(datastore);
    }

    /// Withdraws the services; the files stay. Blocks for four seconds at most.
    @Deactivate
    public void stop() {
        start.close();
    }
}

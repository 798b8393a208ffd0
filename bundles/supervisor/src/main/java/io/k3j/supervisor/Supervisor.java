package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Plan;
import io.k3j.datastoreapi.Datastore;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// Makes the cluster's credentials, gives the ports their certificates, and admits servers and agents.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.supervisor",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Supervisor {
    private final Start start;

    /// Begins; everything is at work when the condition `io.k3j.pki-ready` is there. Does not block.
    // what Declarative Services injects
    @SuppressWarnings("checkstyle:ParameterNumber")
    @Activate
    public Supervisor(BundleContext context, Settings settings, Map<String, Object> all, @Reference Health health,
            @Reference Abort abort, @Reference Plan plan) {
        start = new Start(context, settings, new Own(plan, all), health, abort);
    }

    /// The list of components has come.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    public void setComponents(Components components) {
        start.components(components);
    }

    /// The list of components goes.
    public void unsetComponents(Components components) {
        start.components(null);
    }

    /// The API is served.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY, unbind = "removeApi")
    public void setApi(ApiClient client) {
        start.secrets().come(client);
    }

    /// The API is being replaced.
    public void removeApi(ApiClient client) {
        start.secrets().gone(client);
    }

    /// The datastore is open.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setDatastore(Datastore datastore) {
        start.datastore(datastore);
    }

    /// The datastore is being replaced.
    public void unsetDatastore(Datastore datastore) {
        start.gone(datastore);
    }

    /// Takes its services away; files stay.
    @Deactivate
    public void stop() {
        start.close();
    }
}

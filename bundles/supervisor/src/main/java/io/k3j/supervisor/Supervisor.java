package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
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
    @Activate
    public Supervisor(BundleContext context, Settings settings, Map<String, Object> all, @Reference Health health,
            @Reference Abort abort) {
        HealthScope scope = health.scope("supervisor");
        start = new Start(context, settings, all, scope, abort);
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

    /// The datastore is being replaced; it was needed only once.
    public void unsetDatastore(Datastore datastore) {
        // nothing is kept
    }

    /// Takes its services away; files stay.
    @Deactivate
    public void stop() {
        start.close();
    }
}

package io.k3j.agent;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The component: joins the cluster, and keeps the connections between this node and its servers.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.agent",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Agent {
    private final AgentStartup start;

    /// Starts to join in the background. Does not block.
    @Activate
    public Agent(BundleContext context, AgentSettings settings, @Reference Health health, @Reference Abort abort) {
        start = new AgentStartup(context, settings, health.scope("agent"), health, abort);
    }

    /// The API is available: the servers' addresses are read from it from now on.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY, unbind = "removeApi")
    public void setApi(ApiClient client) {
        start.api(client);
    }

    /// The API was unbound; the view binds its replacement by itself.
    public void removeApi(ApiClient client) {
        // the last known addresses stay in use
    }

    /// Closes tunnels and load balancers; the files stay.
    @Deactivate
    public void stop() {
        start.close();
    }
}

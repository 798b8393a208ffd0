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

/// The door: joins the cluster, and keeps the ways between this node and its servers open.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.agent",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Agent {
    private final Start start;

    /// Begins to join. Does not block.
    @Activate
    public Agent(BundleContext context, Settings settings, @Reference Health health, @Reference Abort abort) {
        start = new Start(context, settings, health.scope("agent"), health, abort);
    }

    /// The API can be asked: the servers' addresses come from there from now on.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY, unbind = "removeApi")
    public void setApi(ApiClient client) {
        start.api(client);
    }

    /// The client is being replaced; its successor is bound by itself.
    public void removeApi(ApiClient client) {
        // the last addresses go on counting
    }

    /// Closes tunnels and load balancer; files stay.
    @Deactivate
    public void stop() {
        start.close();
    }
}

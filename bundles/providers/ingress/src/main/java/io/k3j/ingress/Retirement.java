package io.k3j.ingress;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Retire;
import io.k3j.ingressresources.IngressWithdrawal;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Takes Service, class, slices and the addresses in Ingresses away when the feature is disabled for good. A Service
/// that selects pods is somebody else's, and then the class and the addresses are too. A server that only lost its
/// agent takes its own slices away.
@Component(configurationPid = "io.k3j.ingress.retire", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Retirement implements Retire {
    private final ApiClient api;
    private final String node;
    /// Whether other servers go on.
    private final boolean others;

    /// Does nothing until it is called.
    @Activate
    public Retirement(IngressSettings settings, @Reference ApiClient api) {
        this.api = api;
        this.node = settings.nodeName();
        this.others = settings.disableAgent();
    }

    @Override
    public void retire() {
        IngressWithdrawal.all(api, node, others);
    }
}

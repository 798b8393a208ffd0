package io.k3j.metricsserver;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Retire;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Removes the APIService when the feature is disabled for good.
@Component(configurationPid = "io.k3j.metricsserver.retire", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Retirement implements Retire {
    private final ApiClient api;

    /// Does nothing until it is called.
    @Activate
    public Retirement(@Reference ApiClient api) {
        this.api = api;
    }

    @Override
    public void retire() {
        ApiServiceObject.withdraw(api.as(ApiServiceObject.SUPERVISOR));
    }
}

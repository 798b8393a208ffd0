package io.k3j.features;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.Phases;
import io.k3j.featuremodel.Handle;
import io.k3j.plugins.PluginHost;
import java.util.Collection;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;

/// What plug-ins are told of the framework and of health, and what they tell. Any thread.
record PluginSurroundings(BundleContext context, Bundles bundles, HealthBoard health, HealthGate gate)
        implements
            PluginHost {
    @Override
    public Optional<Bundle> installed(Handle handle) {
        return bundles.installed(handle);
    }

    @Override
    public void renew(Handle handle) throws InterruptedException {
        bundles.renew(handle);
    }

    @Override
    public Collection<String> shipped() {
        return bundles.shipped();
    }

    @Override
    public Collection<String> exported() {
        return bundles.exported();
    }

    @Override
    public List<HealthReport> reports(Bundle bundle) {
        return health.of(bundle.getBundleId());
    }

    @Override
    public List<String> faults(Bundle bundle) {
        return gate.snapshot(bundle).faults();
    }

    @Override
    public void tell(String component, String reason) {
        if (reason.isEmpty()) {
            health.forget(component, -1);
        } else {
            health.put(component, -1, HealthLevel.DEGRADED, reason);
        }
    }

    @Override
    public Runnable miss(String owner, Set<String> contracts) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(Phases.ID, Components.MISSED + owner);
        properties.put(Components.MISSED_SERVICES, contracts.toArray(String[]::new));
        ServiceRegistration<?> told = context.registerService(Condition.class, Condition.INSTANCE, properties);
        return told::unregister;
    }
}

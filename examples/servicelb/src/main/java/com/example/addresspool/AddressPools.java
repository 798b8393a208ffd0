package com.example.addresspool;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.ControllerContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// The component: runs the controller on the one server that leads.
@Component(service = {}, immediate = true)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.k3s)")
public final class AddressPools {
    private final ControllerContext context;

    /// Begins; writes take place only as long as this server leads.
    @Activate
    public AddressPools(@Reference ApiClient api, @Reference Health health) {
        HealthScope scope = health.scope("address-pool");
        context = new ControllerContext(api.leading(Candidate.SERVER), TimeSource.system());
        AddressReconciler.add(context);
        context.run("address-pool", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    /// Ends within five seconds; objects stay as they are.
    @Deactivate
    public void stop() {
        context.close();
    }
}

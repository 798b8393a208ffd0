package com.example.noticekeeper;

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
public final class NoticeKeeper {
    private final ControllerContext context;

    /// Begins; writes take place only as long as this server leads.
    @Activate
    public NoticeKeeper(@Reference ApiClient api, @Reference Health health) {
        HealthScope scope = health.scope("notice-keeper");
        context = new ControllerContext(api.leading(Candidate.SERVER), TimeSource.system());
        NoticeReconciler.add(context);
        context.run("notice-keeper", health, trouble -> {
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

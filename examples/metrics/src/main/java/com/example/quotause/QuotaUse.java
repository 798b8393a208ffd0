package com.example.quotause;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.time.InstantSource;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// The component: follows the quotas, and tells of those it knows.
@Component(service = Metrics.class, immediate = true)
public final class QuotaUse implements Metrics, View.Listener {
    static final Gvr QUOTAS = new Gvr("", "v1", "resourcequotas");
    private final HealthScope health;
    private final LiveView quotas = new LiveView(QUOTAS, Query.ALL, InstantSource.system());
    private final Metrics metrics = new QuotaMetrics(quotas::list);

    /// Returns at once: the view tells when it is complete. Without the right to read it tries on.
    @Activate
    public QuotaUse(@Reference ApiClient api, @Reference Health health) {
        this.health = health.scope("quota-use");
        this.health.report(HealthLevel.STARTING, "waits until it may read " + QUOTAS.qualified());
        quotas.listen(this);
        quotas.attach(api);
    }

    @Override
    public void changed(Obj before, Obj after) {
        // the view has the objects
    }

    @Override
    public void synced() {
        health.ok();
    }

    @Override
    public String text() {
        return metrics.text();
    }

    /// Ends what was begun.
    @Deactivate
    public void stop() {
        quotas.close();
    }
}

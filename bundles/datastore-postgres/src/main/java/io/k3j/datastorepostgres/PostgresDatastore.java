package io.k3j.datastorepostgres;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Phases;
import io.k3j.datastoreapi.Datastore;
import io.k3j.sqllog.LogStart;
import io.k3j.sqllog.SqlLog;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.condition.Condition;

/// Opens the database of `--datastore-endpoint` and offers it as [Datastore], with the condition that says so.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.datastorepostgres",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PostgresDatastore implements LogStart.Events {
    private static final String NAME = "datastore-postgres";
    private final BundleContext context;
    private final HealthScope scope;
    private final @Nullable Abort abort;
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private @Nullable LogStart start;

    /// Begins to open it, in the background.
    @Activate
    public PostgresDatastore(BundleContext context, Settings settings, @Reference Health health,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Abort abort) {
        this.context = context;
        this.abort = abort;
        scope = health.scope(NAME);
        try {
            start = PostgresStore.start(settings.datastoreEndpoint(),
                    List.of(settings.datastoreCafile(), settings.datastoreCertfile(), settings.datastoreKeyfile()),
                    settings.keepSecondaryIndexes(), this);
        } catch (IllegalArgumentException e) {
            failed(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void opened(SqlLog log) {
        services.add(context.registerService(Datastore.class, log,
                FrameworkUtil.asDictionary(Map.of("component", NAME))));
        services.add(context.registerService(Condition.class, Condition.INSTANCE,
                FrameworkUtil.asDictionary(Map.of(Phases.ID, Phases.DATASTORE_READY))));
        scope.ok();
    }

    @Override
    public void waiting(String why) {
        scope.report(HealthLevel.DEGRADED, why);
    }

    @Override
    public void failed(String why) {
        scope.report(HealthLevel.STOPPED, why);
        if (abort != null) {
            abort.abort(why);
        }
    }

    /// Withdraws the services, commits what is queued and closes every connection.
    @Deactivate
    void stop() throws SQLException {
        if (start != null) {
            start.close(log -> services.reversed().forEach(ServiceRegistration::unregister));
        }
    }
}

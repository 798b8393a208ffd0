package io.k3j.sqllog;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Phases;
import io.k3j.datastoreapi.Datastore;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;

/// Offers the log of a database server as [Datastore] once it is open, with the condition that says so. What becomes of
/// it is told as the health of a component; when it cannot be opened at all, the process is asked to end.
public final class LogOffer implements LogStart.Events {
    private final BundleContext context;
    private final String component;
    private final Health health;
    private final HealthScope scope;
    private final @Nullable Abort abort;
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private @Nullable LogStart start;

    /// For a component. Registers nothing yet.
    ///
    /// @param context of the component's bundle, which registers the services
    /// @param component its name for health and for the service's property
    /// @param abort where somebody can end the process
    public LogOffer(BundleContext context, String component, Health health, @Nullable Abort abort) {
        this.context = context;
        this.component = component;
        this.abort = abort;
        this.health = health;
        scope = health.scope(component);
    }

    /// Begins to open the log, in the background. What `opening` refuses as wrong is a failure. Once.
    ///
    /// @param opening starts with these events
    public void begin(Function<LogStart.Events, LogStart> opening) {
        try {
            start = opening.apply(this);
        } catch (IllegalArgumentException e) {
            failed(String.valueOf(e.getMessage()));
        }
    }

    /// The datastore before its condition: whoever waits for the condition finds the service.
    @Override
    public void opened(SqlLog log) {
        services.add(context.registerService(Datastore.class, log,
                FrameworkUtil.asDictionary(Map.of("component", component))));
        services.add(context.registerService(Condition.class, Condition.INSTANCE,
                FrameworkUtil.asDictionary(Map.of(Phases.ID, Phases.DATASTORE_READY))));
        scope.ok();
    }

    @Override
    public Health health() {
        return health;
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
    ///
    /// @throws SQLException when closing fails; the services are withdrawn all the same
    public void close() throws SQLException {
        if (start != null) {
            start.close(log -> services.reversed().forEach(ServiceRegistration::unregister));
        }
    }
}

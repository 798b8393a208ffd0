package io.k3j.datastorepostgres;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.sqllog.LogOffer;
import io.k3j.sqllog.ServerSettings;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;

/// Opens the database of `--datastore-endpoint` and registers it as `Datastore`, with the condition that
/// announces it.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.datastorepostgres",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PostgresDatastore {
    private final LogOffer offer;

    /// Starts to open it in the background.
    @Activate
    public PostgresDatastore(BundleContext context, ServerSettings settings, @Reference Health health,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Abort abort) {
        offer = new LogOffer(context, "datastore-postgres", health, abort);
        offer.begin(events -> new PostgresOpener().start(settings, events));
    }

    /// Withdraws the services, commits queued changes and closes all connections.
    @Deactivate
    void stop() throws SQLException {
        offer.close();
    }
}

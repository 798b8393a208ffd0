package io.k3j.datastoresqlite;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Phases;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.condition.Condition;

/// Opens the embedded database and offers it as [Datastore], with the condition that says so.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.datastoresqlite",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class SqliteDatastore {
    private final @Nullable Offer offer;

    /// Opens the file. When it cannot be used, the process is asked to end with the reason; nothing is offered.
    /// @throws DatastoreUnavailable when it cannot be used and nobody can end the process
    @Activate
    public SqliteDatastore(BundleContext context, Settings settings, @Reference Health health,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Abort abort) {
        HealthScope scope = health.scope("datastore-sqlite");
        Consumer<String> giveUp = why -> {
            scope.report(HealthLevel.STOPPED, why);
            if (abort != null) {
                abort.abort(why);
            }
        };
        offer = open(context, settings, health, giveUp, abort != null);
        if (offer != null) {
            scope.ok();
        }
    }

    private static @Nullable Offer open(BundleContext context, Settings settings, Health health,
            Consumer<String> giveUp, boolean ends) {
        try {
            return Offer.of(context,
                    SqliteStore.open(Path.of(settings.dataDir()), settings.keepSecondaryIndexes(), health, giveUp));
        } catch (DatastoreUnavailable e) {
            giveUp.accept(String.valueOf(e.getMessage()));
            if (ends) {
                return null;
            }
            throw e;
        }
    }

    /// Withdraws the services, commits what is queued and closes the file.
    @Deactivate
    void stop() {
        if (offer != null) {
            offer.close();
        }
        Drivers.deregister();
    }

    /// The open store and its services.
    private record Offer(SqliteStore store, ServiceRegistration<Datastore> service,
            ServiceRegistration<Condition> ready) {
        static Offer of(BundleContext context, SqliteStore store) {
            return new Offer(store,
                    context.registerService(Datastore.class, store.datastore(),
                            properties("component", "datastore-sqlite")),
                    context.registerService(Condition.class, Condition.INSTANCE,
                            properties(Phases.ID, Phases.DATASTORE_READY)));
        }

        private static Dictionary<String, Object> properties(String key, String value) {
            Dictionary<String, Object> properties = new Hashtable<>();
            properties.put(key, value);
            return properties;
        }

        void close() {
            ready.unregister();
            service.unregister();
            store.close();
        }
    }
}

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

/// Opens the embedded database and registers it as [Datastore], with the condition that announces it.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.datastoresqlite",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class SqliteDatastore {
    private final @Nullable Registration registration;

    /// Opens the file. When it is unusable, requests the end of the process with the reason and registers
    /// nothing.
    /// @throws DatastoreUnavailable when it is unusable and no [Abort] is available
    @Activate
    public SqliteDatastore(BundleContext context, SqliteSettings settings, @Reference Health health,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Abort abort) {
        HealthScope scope = health.scope("datastore-sqlite");
        Consumer<String> giveUp = why -> {
            scope.report(HealthLevel.STOPPED, why);
            if (abort != null) {
                abort.abort(why);
            }
        };
        registration = open(context, settings, health, giveUp, abort != null);
        if (registration != null) {
            scope.ok();
        }
    }

    private static @Nullable Registration open(BundleContext context, SqliteSettings settings, Health health,
            Consumer<String> giveUp, boolean ends) {
        try {
            return Registration.of(context,
                    SqliteStore.open(Path.of(settings.dataDir()), settings.keepSecondaryIndexes(), health, giveUp));
        } catch (DatastoreUnavailable e) {
            giveUp.accept(String.valueOf(e.getMessage()));
            if (ends) {
                return null;
            }
            throw e;
        }
    }

    /// Withdraws the services, commits queued changes and closes the file.
    @Deactivate
    void stop() {
        if (registration != null) {
            registration.close();
        }
        Drivers.deregister();
    }

    /// The open store with its registered services.
    private record Registration(SqliteStore store, ServiceRegistration<Datastore> service,
            ServiceRegistration<Condition> ready) {
        static Registration of(BundleContext context, SqliteStore store) {
            return new Registration(store,
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

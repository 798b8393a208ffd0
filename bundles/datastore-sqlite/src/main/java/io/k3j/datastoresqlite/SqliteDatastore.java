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
    private final SqliteStore store;
    private final ServiceRegistration<Datastore> service;
    private final ServiceRegistration<Condition> ready;

    /// Opens the file.
    /// @throws DatastoreUnavailable when it cannot be used; the process is then asked to end with that sentence
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
        try {
            store = SqliteStore.open(Path.of(settings.dataDir()), settings.keepSecondaryIndexes(), giveUp);
        } catch (DatastoreUnavailable e) {
            giveUp.accept(String.valueOf(e.getMessage()));
            throw e;
        }
        service = context.registerService(Datastore.class, store.datastore(), properties("component",
                "datastore-sqlite"));
        ready = context.registerService(Condition.class, Condition.INSTANCE, properties(Phases.ID,
                Phases.DATASTORE_READY));
        scope.ok();
    }

    private static Dictionary<String, Object> properties(String key, String value) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(key, value);
        return properties;
    }

    /// Withdraws the services, commits what is queued and closes the file.
    @Deactivate
    void stop() {
        ready.unregister();
        service.unregister();
        store.close();
        Drivers.deregister();
    }
}

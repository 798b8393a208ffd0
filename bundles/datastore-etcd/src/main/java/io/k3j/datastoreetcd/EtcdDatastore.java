package io.k3j.datastoreetcd;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Phases;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import java.io.IOException;
import java.time.Duration;
import java.util.Hashtable;
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

/// Connects to the cluster, as soon as it answers, and offers it as [Datastore] with the condition that says so.
/// A cluster that does not answer yet is waited for; files that cannot be read end the process.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.datastoreetcd",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class EtcdDatastore {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoreetcd");
    private static final long RETRY_MILLIS = 250;
    private final BundleContext context;
    private final Place place;
    private final HealthScope health;
    private final @Nullable Abort abort;
    private final Gate stop = new Gate();
    private final Thread thread;
    private @Nullable EtcdStore store;
    private @Nullable ServiceRegistration<Datastore> service;
    private @Nullable ServiceRegistration<Condition> ready;

    /// Begins to connect; does not block.
    @Activate
    public EtcdDatastore(BundleContext context, Settings settings, @Reference Health health,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Abort abort) {
        this.context = context;
        this.place = Place.of(settings);
        this.health = health.scope("datastore-etcd");
        this.abort = abort;
        thread = Thread.ofVirtual().name("datastore-open").start(this::connect);
    }

    private void connect() {
        while (!stop.closed()) {
            try {
                if (place.complete()) {
                    offer(EtcdStore.open(place.open(), this::trouble));
                    return;
                }
                health.degraded("waiting for the certificates of the managed etcd");
            } catch (DatastoreUnavailable e) {
                health.degraded(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                giveUp(String.valueOf(e.getMessage()));
                return;
            }
            stop.pause(RETRY_MILLIS);
        }
    }

    private void giveUp(String why) {
        LOG.log(System.Logger.Level.ERROR, why);
        if (abort != null) {
            abort.abort(why);
        }
    }

    private void trouble(String why) {
        if (why.isEmpty()) {
            health.ok();
        } else {
            health.degraded(why);
        }
    }

    private synchronized void offer(EtcdStore opened) {
        if (stop.closed()) {
            opened.close();
            return;
        }
        store = opened;
        service = context.registerService(Datastore.class, opened, properties("component", "datastore-etcd"));
        ready = context.registerService(Condition.class, Condition.INSTANCE,
                properties(Phases.ID, Phases.DATASTORE_READY));
        health.ok();
    }

    private static Hashtable<String, Object> properties(String key, String value) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(key, value);
        return properties;
    }

    /// Withdraws the services, finishes the commits under way and leaves the cluster.
    @Deactivate
    void stop() throws InterruptedException {
        stop.close(Duration.ZERO);
        synchronized (this) {
            if (ready != null && service != null && store != null) {
                ready.unregister();
                service.unregister();
                store.close();
            }
        }
        thread.join(Duration.ofSeconds(2));
    }
}

package io.k3j.datastoreetcd;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.jetcd.EtcdEndpoints;
import io.k3j.jetcd.EtcdFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.Hashtable;
import java.util.Optional;
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
/// A cluster that does not answer yet is waited for; files that cannot be read, and an external cluster that does not
/// speak as the scheme of its address says, end the process.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.datastoreetcd",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class EtcdDatastore {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoreetcd");
    private static final long RETRY_MILLIS = 250;
    private static final long STOP_MILLIS = 2_000;
    /// Between two looks at who the members are.
    private static final long LOOK_MILLIS = 5_000;
    private final BundleContext context;
    private final Place place;
    private final Optional<Whereabouts> elsewhere;
    private final HealthScope health;
    private final Health loops;
    private final @Nullable Abort abort;
    private final Gate stop = new Gate();
    private final SupervisedLoop loop;
    private @Nullable Look looking;
    private @Nullable EtcdStore store;
    private @Nullable ServiceRegistration<Datastore> service;
    private @Nullable ServiceRegistration<Condition> ready;

    /// Begins to connect; does not block.
    @Activate
    public EtcdDatastore(BundleContext context, Settings settings, @Reference Health health,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Abort abort) {
        this.context = context;
        this.place = Place.of(settings);
        this.elsewhere = settings.disableEtcd() && settings.datastoreEndpoint().isEmpty()
                ? Optional.of(Whereabouts.of(settings)) : Optional.empty();
        this.health = health.scope("datastore-etcd");
        this.loops = health;
        this.abort = abort;
        loop = SupervisedLoop.virtual(health, "datastore-open", this::connect).start();
    }

    /// Called again after a failure: what was offered stays.
    private void connect() {
        if (looking != null) {
            look(looking);
            return;
        }
        while (!stop.closed()) {
            try {
                if (place.complete()) {
                    Place here = elsewhere.map(w -> place.at(w.endpoints())).orElse(place);
                    EtcdEndpoints endpoints = here.open();
                    EtcdStore opened = EtcdStore.open(endpoints, this::trouble, loops);
                    offer(opened);
                    if (elsewhere.isPresent()) {
                        look(() -> elsewhere.get().keep(opened.follow()));
                    } else if (place.managed()) {
                        look(opened.home(endpoints)::look);
                    }
                    return;
                }
                health.degraded("waiting for the certificates of the managed etcd");
            } catch (DatastoreUnavailable e) {
                health.degraded(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                giveUp(String.valueOf(e.getMessage()));
                return;
            } catch (IllegalArgumentException e) {
                if (!place.managed()) {
                    giveUp("cannot open the datastore: --datastore-endpoint: " + e.getMessage());
                    return;
                }
                health.degraded(String.valueOf(e.getMessage()));
            }
            stop.pause(RETRY_MILLIS);
        }
    }

    /// A look at who the members are now.
    private interface Look {
        void run() throws IOException;
    }

    /// Members come and go; those of now are gone to.
    private void look(Look look) {
        looking = look;
        while (!stop.closed()) {
            try {
                look.run();
            } catch (DatastoreUnavailable | EtcdFailure | IOException notNow) {
                LOG.log(System.Logger.Level.DEBUG, "the members of etcd are asked for again", notNow);
            }
            stop.pause(LOOK_MILLIS);
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
        loop.interrupt();
        synchronized (this) {
            if (ready != null && service != null && store != null) {
                ready.unregister();
                service.unregister();
                store.close();
            }
        }
        loop.join(STOP_MILLIS);
    }
}

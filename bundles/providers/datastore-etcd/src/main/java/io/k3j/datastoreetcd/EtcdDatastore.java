package io.k3j.datastoreetcd;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Phases;
import io.k3j.componentbase.SupervisedLoop;
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

/// Connects to the cluster and registers it as [Datastore], with the condition that announces it. Waits for a
/// cluster that does not answer yet. Unreadable files, and an external cluster that does not match the scheme
/// of its address, end the process.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.datastoreetcd",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class EtcdDatastore {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoreetcd");
    private static final long RETRY_MILLIS = 250;
    private static final long STOP_MILLIS = 2_000;
    /// Interval between two reads of the member list.
    private static final long MEMBERS_MILLIS = 5_000;
    private final BundleContext context;
    private final ClusterAddress place;
    private final Optional<MemberAddresses> remoteMembers;
    private final HealthScope health;
    private final Health loops;
    private final @Nullable Abort abort;
    private final Gate stop = new Gate();
    private final SupervisedLoop loop;
    private @Nullable MembersUpdate membersUpdate;
    private @Nullable EtcdStore store;
    private @Nullable ServiceRegistration<Datastore> service;
    private @Nullable ServiceRegistration<Condition> ready;

    /// Starts to connect in the background; does not block.
    @Activate
    public EtcdDatastore(BundleContext context, EtcdDatastoreSettings settings, @Reference Health health,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Abort abort) {
        this.context = context;
        this.place = ClusterAddress.of(settings);
        this.remoteMembers = settings.disableEtcd() && settings.datastoreEndpoint().isEmpty()
                ? Optional.of(MemberAddresses.of(settings)) : Optional.empty();
        this.health = health.scope("datastore-etcd");
        this.loops = health;
        this.abort = abort;
        loop = SupervisedLoop.virtual(health, "datastore-open", this::connect).start();
    }

    /// Runs again after a failure; the registered services stay.
    private void connect() {
        if (membersUpdate != null) {
            keepUpdated(membersUpdate);
            return;
        }
        while (!stop.closed()) {
            try {
                if (place.complete()) {
                    ClusterAddress here = remoteMembers.map(w -> place.at(w.endpoints())).orElse(place);
                    EtcdEndpoints endpoints = here.open();
                    EtcdStore opened = EtcdStore.open(endpoints,
                            new EtcdStore.Events(this::reportHealth,
                                    abort == null ? Optional.empty() : Optional.of(this::giveUp)),
                            loops);
                    register(opened);
                    if (remoteMembers.isPresent()) {
                        keepUpdated(() -> remoteMembers.get().keep(opened.follow()));
                    } else if (place.managed()) {
                        keepUpdated(opened.home(endpoints)::update);
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

    /// Reads the present members.
    private interface MembersUpdate {
        void run() throws IOException;
    }

    /// Follows changes of the member list, so that connections go to present members.
    private void keepUpdated(MembersUpdate update) {
        membersUpdate = update;
        while (!stop.closed()) {
            try {
                update.run();
            } catch (DatastoreUnavailable | EtcdFailure | IOException unavailable) {
                LOG.log(System.Logger.Level.DEBUG, "The members of etcd are asked for again", unavailable);
            }
            stop.pause(MEMBERS_MILLIS);
        }
    }

    private void giveUp(String why) {
        LOG.log(System.Logger.Level.ERROR, why);
        if (abort != null) {
            abort.abort(why);
        }
    }

    private void reportHealth(String why) {
        if (why.isEmpty()) {
            health.ok();
        } else {
            health.degraded(why);
        }
    }

    private synchronized void register(EtcdStore opened) {
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

    /// Withdraws the services, finishes commits in progress and closes the connections.
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

package io.k3j.apiserver;

import io.k3j.apicontributions.AggregatorSlot;
import io.k3j.apicontributions.ContributionTracker;
import io.k3j.apicontributions.Contributions;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.Identities;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.Phases;
import io.k3j.componentbase.ServerStart;
import io.k3j.datastoreapi.Datastore;
import io.k3j.watchcache.Store;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.condition.Condition;

/// The OSGi component of the API server: collects the services that other bundles contribute and runs the server
/// while this bundle is active.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.apiserver",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ApiServer {
    private final BundleContext context;
    private final Encryption encryption;
    private final Store store;
    private final Startup startup;
    private final ContributionTracker contributions;
    private final AggregatorSlot aggregator;
    /// Set on stop: requests in flight finish with the contributions they started with.
    private volatile boolean stopping;
    private @Nullable ServiceRegistration<Metrics> counted;

    /// Parses the settings.
    /// @throws IllegalArgumentException for an invalid flag; the message names it
    @Activate
    public ApiServer(BundleContext context, ApiServerSettings settings, @Reference Health health,
            @Reference Identities identities, @Reference Abort abort) {
        ServerRunOptions options = ServerRunOptions.of(settings);
        Contributions from = options.policy().contributions();
        this.context = context;
        this.encryption = encryption(settings, from, health, abort);
        this.store = new Store(encryption.atRest());
        this.aggregator = from.aggregator();
        this.contributions = new ContributionTracker(context, from);
        this.startup = new Startup(
                new Startup.Framework(context, health, health.scope("apiserver"), identities, abort), store, from,
                options);
    }

    /// A wrong file ends the process while it starts; one that a new version of this bundle meets keeps the old one.
    private Encryption encryption(ApiServerSettings settings, Contributions from, Health health, Abort abort) {
        try {
            return new Encryption(settings, from.kinds()::listed, health);
        } catch (IllegalArgumentException e) {
            health.scope("apiserver").report(HealthLevel.STOPPED, String.valueOf(e.getMessage()));
            if (ServerStart.goesOn(context)) {
                abort.abort(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /// Starts on a virtual thread; does not block.
    @Activate
    public void start() {
        encryption.start().ifPresent(metrics -> counted = context.registerService(Metrics.class, metrics, null));
        contributions.open();
        startup.begin();
    }

    /// Ends watches with a bookmark and stops using the datastore; requests in flight may finish.
    @Deactivate
    public void stop() {
        stopping = true;
        contributions.freeze();
        startup.close();
        contributions.close();
        if (counted != null) {
            counted.unregister();
        }
        encryption.close();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindDatastore(Datastore datastore) {
        store.use(datastore);
        startup.datastore(true);
    }

    @Reference(target = "(osgi.condition.id=" + Phases.CLUSTER_AGREED + ")",
            cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindAgreement(Condition agreement) {
        startup.agreed();
    }

    void unbindAgreement(Condition agreement) {
        // agreement is permanent
    }

    void unbindDatastore(Datastore datastore) {
        if (stopping) {
            return;
        }
        store.leave(datastore);
        startup.datastore(store.await(0) != null);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            target = "(osgi.condition.id=io.k3j.rbac-ready)")
    void bindRbacReady(Condition condition) {
        startup.rbac(true);
    }

    void unbindRbacReady(Condition condition) {
        if (stopping) {
            return;
        }
        startup.rbac(false);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindAggregatorFeature(AggregatorFeature wanted) {
        aggregator.want();
    }

    void unbindAggregatorFeature(AggregatorFeature wanted) {
        if (!stopping) {
            aggregator.unwant();
        }
    }
}

package io.k3j.features;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.ClusterSettings;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Identities;
import io.k3j.componentapi.Plan;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/// Runs the features the launcher's plan asks for.
///
/// Registers [Health], [Identities] and [Components] before the first feature starts, then applies the
/// wanted list on a thread of its own, so that the launcher is not held up by a slow bundle. Wrong feature
/// files end the process: half a server helps nobody.
@Component(service = {}, immediate = true)
public final class Features {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");

    private final BundleContext context;
    private final Plan plan;
    private final ConfigurationAdmin admin;
    private final ServiceComponentRuntime runtime;
    private final Abort abort;
    private final Thread applying;

    /// Begins to apply the plan.
    @Activate
    public Features(BundleContext context, @Reference Plan plan, @Reference ConfigurationAdmin admin,
            @Reference ServiceComponentRuntime runtime, @Reference Abort abort) {
        this.context = context;
        this.plan = plan;
        this.admin = admin;
        this.runtime = runtime;
        this.abort = abort;
        this.applying = Thread.ofPlatform().name("features").start(this::run);
    }

    private void run() {
        try {
            apply();
        } catch (FeatureProblem e) {
            abort.abort(e.getMessage());
        } catch (BundleException e) {
            LOG.log(System.Logger.Level.ERROR, "features not applied", e);
            abort.abort("the features cannot be started: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "stopped while applying", e);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "features not applied", e);
            abort.abort("the features cannot be started: " + e.getClass().getName() + "; the log has the details");
        }
    }

    private void apply() throws BundleException, InterruptedException {
        FeatureFiles files = new FeatureFiles(plan.features());
        Map<String, Feature> all = files.all();
        Wanted wanted = Wanted.of(files.role(Cluster.role(plan)), all, plan.disabled(), plan.settings());
        Chosen chosen = new Chosen(plan.dataDir());
        Bundles bundles = new Bundles(context, chosen);
        context.addBundleListener((SynchronousBundleListener) event -> ending(event, bundles));
        HealthBoard health = new HealthBoard(InstantSource.system());
        Configurations configurations = new Configurations(admin, plan.settings());
        Manifests manifests = new Manifests(plan.dataDir(), plan.settings());
        context.registerService(new String[] {FindHook.class.getName(), EventListenerHook.class.getName()},
                new PrivateServices(), null);
        context.registerService(Health.class, health, null);
        context.registerService(Identities.class, new IdentityBook(all.values(), manifests::filled), null);
        offer(wanted.features(), bundles, chosen, health);
        wanted.unknown().forEach(Features::ignored);
        Retirement retirement = new Retirement(plan.dataDir(), bundles, configurations, context);
        List<Feature> due = retirement.due(all, wanted.names());
        new Applier(bundles, configurations, manifests, health).prune(wanted.features());
        Cluster cluster = new Cluster(plan, all.values());
        new Applier(bundles, configurations, manifests, health)
                .apply(wanted.features().stream().filter(f -> !cluster.awaitedBy(f)).toList());
        if (wanted.features().stream().anyMatch(cluster::awaitedBy)) {
            ClusterSettings said = Cluster.await(context);
            Map<String, Object> settings = cluster.settings(said);
            Wanted late = Wanted.of(files.role(Cluster.role(plan)), all, cluster.disabled(said), settings);
            new Applier(bundles, new Configurations(admin, settings), new Manifests(plan.dataDir(), settings), health)
                    .apply(late.features().stream().filter(cluster::awaitedBy).toList());
        }
        // a server that is refused must not have changed what is on disk
        if (wanted.names().contains("supervisor")) {
            Cluster.awaitAdmission(context);
        }
        retirement.remember(wanted.names(), due);
        due.forEach(manifests::remove);
        retire(retirement, wanted, due);
    }

    private static void ignored(String word) {
        boolean ofK3s = Wanted.PACKAGED_BY_K3S.contains(word);
        LOG.log(ofK3s ? System.Logger.Level.INFO : System.Logger.Level.WARNING, ofK3s
                ? "Ignoring --disable={0}: not packaged in this distribution"
                : "--disable={0} names no packaged component", word);
    }

    private void ending(BundleEvent event, Bundles bundles) {
        if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == 0) {
            try {
                bundles.end();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            applying.interrupt();
            bundles.stopAll();
        }
    }

    private void offer(List<Feature> wanted, Bundles bundles, Chosen chosen, HealthBoard health) {
        Trial trial = new Trial(health, runtime);
        Stops stops = new Stops(bundles, trial);
        ComponentList list = new ComponentList(wanted, bundles, chosen, health, stops);
        context.registerService(Components.class,
                new RunningComponents(list, chosen, new Swaps(bundles, chosen, trial), stops), null);
    }

    private static void retire(Retirement retirement, Wanted wanted, List<Feature> due) throws InterruptedException {
        List<Feature> pending = new ArrayList<>(due);
        for (Feature feature : due) {
            if (retirement.retire(feature)) {
                pending.remove(feature);
                retirement.remember(wanted.names(), pending);
            }
        }
    }

    /// Stops applying; what runs goes on.
    @Deactivate
    void stop() {
        applying.interrupt();
    }
}

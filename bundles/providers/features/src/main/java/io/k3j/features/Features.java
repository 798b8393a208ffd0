package io.k3j.features;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.ClusterSettings;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Identities;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.Plan;
import java.time.Duration;
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

/// Runs the features of the launcher's plan.
///
/// Registers [Health], [Identities] and [Components] before the first feature starts, then applies the wanted
/// list on its own thread, so that a slow bundle does not delay the launcher. An invalid feature file ends the
/// process: a server with half of its features is of no use.
@Component(service = {}, immediate = true)
public final class Features {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    /// How long a stop waits for the thread that applies: what is stopped writes no more.
    private static final Duration STOP = Duration.ofSeconds(2);

    private final BundleContext context;
    private final Plan plan;
    private final ConfigurationAdmin admin;
    private final ServiceComponentRuntime runtime;
    private final Abort abort;
    private final Thread applyThread;

    /// Starts to apply the plan in the background.
    @Activate
    public Features(BundleContext context, @Reference Plan plan, @Reference ConfigurationAdmin admin,
            @Reference ServiceComponentRuntime runtime, @Reference Abort abort) {
        this.context = context;
        this.plan = plan;
        this.admin = admin;
        this.runtime = runtime;
        this.abort = abort;
        this.applyThread = Thread.ofPlatform().name("features").start(this::run);
    }

    private void run() {
        try {
            apply();
        } catch (FeatureProblem e) {
            abort.abort(String.valueOf(e.getMessage()));
        } catch (BundleException e) {
            LOG.log(System.Logger.Level.ERROR, "Features not applied", e);
            abort.abort("the features cannot be started: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "Stopped while applying", e);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "Features not applied", e);
            abort.abort("the features cannot be started: " + e.getClass().getName() + "; the log has the details");
        }
    }

    private void apply() throws BundleException, InterruptedException {
        FeatureFiles files = new FeatureFiles(plan.features());
        Map<String, Feature> all = files.all();
        DesiredFeatures wanted = DesiredFeatures.of(files.role(ClusterFlags.role(plan)), all, plan.disabled(),
                plan.settings());
        ChosenBundles chosen = new ChosenBundles(plan.dataDir());
        Bundles bundles = new Bundles(context, chosen);
        context.addBundleListener((SynchronousBundleListener) event -> onStopping(event, bundles));
        HealthBoard health = new HealthBoard(InstantSource.system());
        Configurations configurations = new Configurations(admin, wanted.withManifests(all, plan.settings()));
        TemplateVariables variables = new TemplateVariables(plan.settings());
        publish(health, new IdentityBook(all.values(), variables::substitute));
        registerComponents(wanted.features(), bundles, chosen, health);
        wanted.unknown().forEach(Features::logIgnored);
        FeatureRetirement retirement = new FeatureRetirement(plan.dataDir(), bundles, configurations, context);
        List<Feature> due = retirement.due(all, wanted.names());
        new Applier(bundles, configurations, health).prune(wanted.features());
        ClusterFlags cluster = new ClusterFlags(plan, all.values());
        List<Feature> applied = new ArrayList<>(
                wanted.features().stream().filter(f -> !cluster.awaitedBy(f)).toList());
        new Applier(bundles, configurations, health).apply(applied);
        if (wanted.features().stream().anyMatch(cluster::awaitedBy)) {
            ClusterSettings clusterSettings = ClusterFlags.await(context);
            Map<String, Object> settings = cluster.settings(clusterSettings);
            List<Feature> afterCluster = DesiredFeatures.of(files.role(ClusterFlags.role(plan)), all,
                    cluster.disabled(clusterSettings), settings).features().stream().filter(cluster::awaitedBy)
                    .toList();
            new Applier(bundles, new Configurations(admin, settings), health).apply(afterCluster);
            applied.addAll(afterCluster);
            variables = new TemplateVariables(settings);
        }
        // a server that its cluster refuses must not have changed what is on disk
        if (wanted.names().contains("supervisor")) {
            ClusterFlags.awaitAdmission(context);
        }
        notStopped();
        retirement.saveApplied(wanted.names(), due);
        retire(retirement, wanted, due);
        writeManifests(applied, variables);
    }

    /// Since a stop no bundle is started any more: what was wanted is not what was applied.
    private static void notStopped() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("stopped while applying");
        }
    }

    private void publish(HealthBoard health, Identities identities) {
        context.registerService(new String[] {FindHook.class.getName(), EventListenerHook.class.getName()},
                new PrivateServices(), null);
        context.registerService(Health.class, health, null);
        context.registerService(Identities.class, identities, null);
    }

    /// Where there is an API server, as soon as it serves: one that cannot start must not have changed what is on disk.
    private void writeManifests(List<Feature> applied, TemplateVariables variables) throws InterruptedException {
        if (applied.stream().anyMatch(feature -> feature.name().equals("apiserver"))) {
            ClusterFlags.awaitCondition(context, Phases.APISERVER_READY);
            Manifests manifests = new Manifests(plan.dataDir(), variables);
            applied.forEach(manifests::write);
        }
    }

    private static void logIgnored(String word) {
        boolean ofK3s = DesiredFeatures.PACKAGED_BY_K3S.contains(word);
        LOG.log(ofK3s ? System.Logger.Level.INFO : System.Logger.Level.WARNING, ofK3s
                ? "Ignoring --disable={0}: not packaged in this distribution"
                : "--disable={0} names no packaged component, only an add-on of that name", word);
    }

    private void onStopping(BundleEvent event, Bundles bundles) {
        if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == 0) {
            try {
                bundles.shutDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            stop();
            bundles.stopAll();
        }
    }

    private void registerComponents(List<Feature> wanted, Bundles bundles, ChosenBundles chosen, HealthBoard health) {
        HealthGate gate = new HealthGate(health, runtime);
        Stops stops = new Stops(bundles, gate);
        ComponentList list = new ComponentList(wanted, bundles, chosen, health, stops);
        context.registerService(Components.class,
                new RunningComponents(list, chosen, new Swaps(bundles, chosen, gate), stops), null);
    }

    private static void retire(FeatureRetirement retirement, DesiredFeatures wanted, List<Feature> due)
            throws InterruptedException {
        List<Feature> pending = new ArrayList<>(due);
        for (Feature feature : due) {
            if (retirement.retire(feature)) {
                pending.remove(feature);
                retirement.saveApplied(wanted.names(), pending);
            }
        }
    }

    /// Stops applying, and waits until nothing is written any more; running bundles keep running.
    @Deactivate
    void stop() {
        applyThread.interrupt();
        if (Thread.currentThread() == applyThread) {
            return;
        }
        try {
            if (!applyThread.join(STOP)) {
                LOG.log(System.Logger.Level.WARNING, "Still applying features after {0} s", STOP.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

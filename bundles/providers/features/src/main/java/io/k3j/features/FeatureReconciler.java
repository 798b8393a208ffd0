package io.k3j.features;

import io.k3j.componentapi.ClusterSettings;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Identities;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.Plan;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.featuremodel.ChosenBundles;
import io.k3j.featuremodel.ClusterChanges;
import io.k3j.featuremodel.Decisions;
import io.k3j.featuremodel.DesiredFeatures;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureChanges;
import io.k3j.featuremodel.FeatureFiles;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.Journal;
import io.k3j.featuremodel.Manifests;
import io.k3j.featuremodel.OfferedJars;
import io.k3j.featuremodel.Recovery;
import io.k3j.featuremodel.Roster;
import io.k3j.featuremodel.Signatures;
import io.k3j.featuremodel.StateFiles;
import io.k3j.featuremodel.TemplateVariables;
import io.k3j.featuremodel.Transaction;
import io.k3j.plugins.PluginRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/// Makes what runs match what is wanted: at the start everything, afterwards what an operator, the plugin directory or
/// a trial changes.
///
/// ```
/// role list, flags, decisions, chosen jars ─► DesiredFeatures ─► start: Applier, FeatureRetirement, Manifests
///                                                   └─ afterwards: FeatureChanges, Swaps ─► ChangePlan ─► Transaction
/// ```
/// Made and run by one thread; what it publishes is for any.
final class FeatureReconciler {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private static final long LOOK_MILLIS = 500;
    private final Surroundings around;
    private final Plan plan;
    private final Map<String, Feature> all;
    private final Roster roster;
    private final ChosenBundles chosen;
    private final Signatures signatures;
    private final OfferedJars offered;
    private final Bundles bundles;
    private final HealthBoard health = new HealthBoard(InstantSource.system());
    private final Configurations configurations;
    private final FeatureRetirement retirement;
    private final FeatureWork work;
    private final Changing changing;
    private final Trials trials;
    private final Recovery recovery;
    private final PluginRuntime plugins;
    private final ComponentList list;
    private final FeatureList features;
    private final ClusterFollower cluster;
    /// Guards itself and [#closed].
    private final List<SupervisedLoop> loops = new ArrayList<>();
    private boolean closed;

    /// What it is made of.
    ///
    /// @param disk makes the changes to files
    record Surroundings(BundleContext context, Plan plan, ConfigurationAdmin admin, ServiceComponentRuntime runtime,
            StateFiles disk) {
    }

    /// Reads everything that is on disk; changes nothing.
    FeatureReconciler(Surroundings around) {
        this.around = around;
        this.plan = around.plan;
        FeatureFiles files = new FeatureFiles(plan.features());
        this.all = files.all();
        this.roster = new Roster(files.role(ClusterFlags.role(plan)), all, plan.disabled(), plan.settings(),
                Decisions.read(plan.dataDir()));
        this.chosen = new ChosenBundles(plan.dataDir(), around.disk);
        this.signatures = Signatures.of(plan.settings(), InstantSource.system());
        this.offered = new OfferedJars(plan.dataDir(), around.disk, signatures);
        this.bundles = new Bundles(around.context, this::file, signatures);
        this.configurations = new Configurations(around.admin, plan.settings());
        this.retirement = new FeatureRetirement(new FeatureRetirement.Place(plan.dataDir(), around.disk,
                around.context, this::handle), bundles, configurations);
        this.work = new FeatureWork(plan.dataDir(), around.disk, roster, configurations, retirement);
        HealthGate gate = new HealthGate(health, around.runtime);
        Journal journal = new Journal(plan.dataDir(), around.disk);
        this.recovery = new Recovery(journal, chosen, roster.now().decisions());
        this.trials = new Trials(plan.dataDir(), around.disk, bundles, gate);
        Stops stops = new Stops(bundles, gate, this::handle);
        BundleHands hands = new BundleHands(bundles, chosen, gate, work, stops);
        Swaps swaps = new Swaps(bundles, roster::wanted, plan.dataDir().resolve("plugins"));
        FeatureChanges changes = new FeatureChanges(roster, this::handle);
        this.changing = new Changing(new Changing.Tools(chosen, bundles, hands, new Transaction(journal, hands), trials,
                changes, swaps));
        this.plugins = new PluginRuntime(
                new PluginRuntime.Place(plan.dataDir(), around.disk, signatures, offered, TimeSource.system()), roster,
                all.values(), new PluginSurroundings(around.context, bundles, health, gate), changing);
        this.list = new ComponentList(roster, bundles, health, stops, plugins::failed);
        this.features = new FeatureList(roster, list, plugins::refused);
        this.cluster = new ClusterFollower(around.context, changing, new ClusterChanges(roster, changes), features,
                files.agents());
        publish(swaps, stops);
    }

    private Path file(Handle handle) {
        return handle.location().startsWith(Handle.PLUGIN) ? plugins.copy(handle) : chosen.path(handle.choice());
    }

    private Handle handle(String symbolicName) {
        return plugins.handle(symbolicName).orElseGet(() -> chosenHandle(symbolicName));
    }

    private Handle chosenHandle(String symbolicName) {
        return ChosenBundles.handle(symbolicName, chosen.current(symbolicName));
    }

    private void publish(Swaps swaps, Stops stops) {
        BundleContext context = around.context;
        context.registerService(new String[] {FindHook.class.getName(), EventListenerHook.class.getName()},
                new PrivateServices(), null);
        plugins.publish(context);
        context.registerService(Health.class, health, null);
        context.registerService(Identities.class, new IdentityBook(all.values(),
                new TemplateVariables(plan.settings())::substitute), null);
        context.registerService(Components.class,
                new RunningComponents(new RunningComponents.Lists(list, features, cluster, settings()), changing, swaps,
                        stops, offered),
                null);
    }

    private DeclaredSettings settings() {
        return new DeclaredSettings(roster, bundles, around.admin, around.runtime, plan.whereSet());
    }

    /// Starts what is wanted, and goes on watching. Blocks until everything was started that is wanted at the start.
    void run() throws InterruptedException {
        recovery.run();
        offered.clear();
        recovery.takeBack(trials.resume(chosen));
        roster.now().desired().unknown().forEach(FeatureReconciler::logIgnored);
        roster.now().desired().left().forEach(FeatureReconciler::logLeft);
        List<Feature> due = retirement.due(all, roster.now().desired().names());
        bundles.prune();
        configurations.renew(work.settings());
        plugins.begin();
        Applier applier = new Applier(bundles, configurations, health, this::handle, chosen);
        ClusterFlags cluster = new ClusterFlags(plan, all.values());
        applier.apply(roster.wanted().stream().filter(f -> !cluster.awaitedBy(f)).toList());
        begin(trials.watch(Health.none(), changing::takeBack));
        if (roster.wanted().stream().anyMatch(cluster::awaitedBy)) {
            ClusterSettings answer = ClusterFlags.await(around.context);
            roster.learn(cluster.disabled(answer), cluster.settings(answer));
            configurations.learn(roster.now().settings());
            configurations.renew(work.settings());
            applier.apply(roster.wanted().stream().filter(cluster::awaitedBy).toList());
        }
        // a server that its cluster refuses must not have changed what is on disk
        if (roster.now().desired().names().contains("supervisor")) {
            ClusterFlags.awaitAdmission(around.context);
        }
        notStopped();
        finish(due);
    }

    private void finish(List<Feature> due) throws InterruptedException {
        retirement.saveApplied(roster.now().desired().names(), due);
        changing.open();
        // before what needs an API server: that is not ready while a plug-in is missed
        plugins.lookFirst();
        RetirementAtStart retiring = new RetirementAtStart(retirement, () -> roster.now().desired().names(), changing,
                RetirementAtStart.Pace.system());
        // platform threads, since what spins on virtual ones may take their processors from these
        begin(SupervisedLoop.platform(Health.none(), "features-retirement", () -> retiring.run(due)));
        begin(SupervisedLoop.platform(Health.none(), "features-plugins", this::watchPlugins));
        writeManifests();
        begin(SupervisedLoop.virtual(Health.none(), "features-cluster", cluster::run));
    }

    /// A loop that began after the stop would be stopped by nobody. The interrupt tells of a stop that knew nothing of
    /// this yet.
    private void begin(SupervisedLoop loop) throws InterruptedException {
        synchronized (loops) {
            if (closed || Thread.currentThread().isInterrupted()) {
                throw new InterruptedException("stopped while applying");
            }
            loops.add(loop.start());
        }
    }

    private void watchPlugins() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        plugins.retireGone();
        while (!never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            plugins.look();
        }
    }

    /// Since a stop no bundle is started any more: what was wanted is not what was applied.
    private static void notStopped() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("stopped while applying");
        }
    }

    /// Where there is an API server, as soon as it serves: one that cannot start must not have changed what is on disk.
    private void writeManifests() throws InterruptedException {
        if (roster.wanted().stream().anyMatch(feature -> feature.name().equals("apiserver"))) {
            ClusterFlags.awaitCondition(around.context, Phases.APISERVER_READY);
            cluster.first();
            notStopped();
            Manifests manifests = new Manifests(plan.dataDir(), new TemplateVariables(roster.now().settings()));
            roster.wanted().forEach(manifests::write);
        }
    }

    private static void logIgnored(String word) {
        boolean ofK3s = DesiredFeatures.PACKAGED_BY_K3S.contains(word);
        LOG.log(ofK3s ? System.Logger.Level.INFO : System.Logger.Level.WARNING, ofK3s
                ? "Ignoring --disable={0}: not packaged in this distribution"
                : "--disable={0} names no packaged component, only an add-on of that name", word);
    }

    /// Flags say what they say; what follows from them is told.
    private static void logLeft(String name, DesiredFeatures.Left left) {
        if (left.decided().equals("needs")) {
            LOG.log(System.Logger.Level.WARNING, "Component does not run component={0} reason={1}", name,
                    left.reason());
        } else if (left.decided().equals("operator") || left.decided().equals("cluster")) {
            LOG.log(System.Logger.Level.INFO, "Component does not run component={0} reason={1}", name, left.reason());
        }
    }

    /// Lets the bundle that is starting finish, and starts no other.
    void shutDown() throws InterruptedException {
        bundles.shutDown();
    }

    /// Stops all bundles, in reverse order of their start.
    void stopAll() {
        bundles.stopAll();
    }

    /// Ends the loops that watch, and waits for their end, since no loop may take what is being stopped for a failure;
    /// running bundles keep running. May be called again.
    /// @param limit how long at most, for all together
    void close(Duration limit) {
        changing.close();
        List<SupervisedLoop> ending;
        synchronized (loops) {
            closed = true;
            ending = List.copyOf(loops);
        }
        ending.forEach(SupervisedLoop::interrupt);
        long end = System.nanoTime() + limit.toNanos();
        ending.forEach(loop -> loop.stop(Duration.ofNanos(Math.max(0, end - System.nanoTime()))));
        plugins.close();
        cluster.close();
    }
}

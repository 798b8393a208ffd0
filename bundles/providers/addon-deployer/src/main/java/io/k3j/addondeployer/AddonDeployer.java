package io.k3j.addondeployer;

import io.k3j.addondeployer.Deployer.Outcome;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// The OSGi component: one loop that looks at the directory when something happens in it, when something is due, and
/// every 15 seconds. On every server with an API server, whoever leads.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.addondeployer",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.apiserver-ready)")
public final class AddonDeployer {
    private static final String MODE = "rwx------";
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    /// How long a stop waits for the file that is being deployed.
    private static final Duration STOP = Duration.ofSeconds(2);
    private final CatalogKinds kinds = new CatalogKinds();
    private final HealthScope health;
    private final Path base;
    private final Deployer deployer;
    private final SupervisedLoop loop;
    private final ServiceRegistration<Metrics> metrics;

    /// Prepares; the loop begins with [#start], when the kinds are known.
    @Activate
    public AddonDeployer(AddonSettings settings, @Reference ApiClient api, @Reference Health health,
            BundleContext context) {
        this.health = health.scope("addon-deployer");
        base = Path.of(settings.dataDir(), "server", "manifests");
        List<String> words = new ArrayList<>(List.of(settings.disable()));
        words.addAll(List.of(settings.withdrawnManifests()));
        DeployCounts counts = new DeployCounts();
        ServerContext server = new ServerContext(api, kinds, settings.nodeName(), TimeSource.system());
        deployer = new Deployer(server, new ManifestDirectory(base, owners()), DisabledWords.of(words),
                StockFiles.without(List.of(settings.packagedManifests())), counts);
        loop = SupervisedLoop.virtual(health, "addon-deployer-loop", this::run);
        metrics = context.registerService(Metrics.class, counts, null);
    }

    /// Root, and the user this process runs as.
    private static Set<Integer> owners() {
        try {
            return new HashSet<>(List.of(0, FileStamp.of(Path.of("/proc/self")).owner()));
        } catch (IOException noProc) {
            return Set.of(0);
        }
    }

    /// Takes the kinds of a catalog into account.
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindKinds(KindCatalog catalog) {
        kinds.add(catalog);
    }

    /// OSGi binds the successor.
    void unbindKinds(KindCatalog catalog) {
        kinds.remove(catalog);
    }

    /// Begins.
    @Activate
    void start() {
        loop.start();
    }

    private void run() throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        List<Path> directories = List.of();
        HealthLevel trouble = HealthLevel.STARTING;
        try (DirectoryWatch watch = new DirectoryWatch()) {
            while (true) {
                Duration wait = pause;
                try {
                    DurableFiles.directories(base, MODE);
                    Outcome outcome = deployer.look();
                    directories = outcome.directories();
                    wait = outcome.pause();
                    pause = FIRST_PAUSE;
                    trouble = HealthLevel.DEGRADED;
                    health.report(HealthLevel.OK, outcome.failing() == 0 ? ""
                            : outcome.failing() + " manifests are not deployed: kubectl describe addon -n kube-system");
                } catch (ApiFault | IOException e) {
                    health.report(trouble, "cannot deploy " + base + ": " + e.getMessage());
                    pause = pause.multipliedBy(2).compareTo(FileLedger.POLL) > 0 ? FileLedger.POLL
                            : pause.multipliedBy(2);
                }
                watch.await(directories, wait);
            }
        }
    }

    /// Stops within five seconds; objects stay as they are.
    @Deactivate
    void stop() {
        loop.stop(STOP);
        metrics.unregister();
        health.close();
    }
}

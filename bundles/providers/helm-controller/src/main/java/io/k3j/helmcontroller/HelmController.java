package io.k3j.helmcontroller;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Candidate;
import io.k3j.clientapi.Term;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.controllerkit.ControllerContext;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Runs the Helm controller while this server holds the Lease of K3s' own controllers. A run of Helm ends when that
/// does, and at once: the next leader may begin.
@Component(immediate = true, configurationPid = "io.k3j.helmcontroller",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.k3s)")
public final class HelmController implements Metrics {
    private static final System.Logger LOG = System.getLogger("io.k3j.helmcontroller");
    private static final long LOOK_AGAIN_MILLIS = 250;
    /// Less than the three seconds after which another server takes a lease.
    private static final Duration ELECTED = Duration.ofSeconds(2);
    private static final Duration ALONE = Duration.ofSeconds(30);

    private final ControllerContext desk;
    private final ApiClient api;
    private final Health health;
    private final HealthScope scope;
    private final HelmMetrics metrics = new HelmMetrics();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final SupervisedLoop start;
    /// The elections that this server has won.
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile List<Term> terms = List.of();

    /// Makes the kinds, then starts the loop.
    @Activate
    public HelmController(HelmSettings settings, @Reference ApiClient client, @Reference Health health) {
        this.health = health;
        this.scope = health.scope("helm-controller");
        this.api = client.leading(Candidate.SERVER);
        desk = new ControllerContext(api, TimeSource.system());
        if (!settings.helmJobImage().isEmpty() || settings.helmControllerArg().length > 0) {
            LOG.log(Level.INFO, "Helm runs in a process of the server: --helm-job-image and --helm-controller-arg"
                    + " have no effect");
        }
        Path server = Path.of(settings.dataDir(), "server");
        Path authority = server.resolve("tls/server-ca.crt");
        HelmProcess helm = new HelmProcess(server.resolve("helm"), new HelmProcess.Settings(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                Path.of(System.getProperty("k3j.home", "."), "lib", "helm"), authority, this::silence));
        ChartReconciler.add(desk, new ChartOperation(helm,
                new ChartOperation.Cluster("127.0.0.1:" + settings.httpsListenPort(), authority.toString()), metrics,
                () -> ended.getCount() > 0));
        IngressJob.add(desk);
        start = SupervisedLoop.virtual(health, "helm-controller-start", this::begin).start();
    }

    /// Where nobody else can lead, a run may wait for a machine that is busy.
    private Duration silence() {
        return terms.stream().anyMatch(t -> t.lease().name().equals(Candidate.SERVER) && t.elected())
                ? ELECTED
                : ALONE;
    }

    private void begin() throws InterruptedException {
        while (!prepared()) {
            if (ended.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
        desk.run("helm-controller", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    private boolean prepared() {
        try {
            HelmKinds.ensure(api);
            ReleaseIdentity.prune(api);
            return true;
        } catch (ApiFault refused) {
            scope.degraded("cannot prepare: " + refused.getMessage());
            return false;
        }
    }

    @Override
    public String text() {
        return metrics.text();
    }

    /// Stops within five seconds. What Helm has begun is ended where it is: the next to start calls it failed and goes
    /// by the chart's failure policy.
    @Deactivate
    public void stop() throws InterruptedException {
        ended.countDown();
        start.close();
        start.join(1_000);
        desk.close();
    }
}

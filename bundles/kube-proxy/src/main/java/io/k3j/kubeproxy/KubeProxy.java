package io.k3j.kubeproxy;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Obj;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The door: one thread that writes the tables whenever Services or their endpoints have changed.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.kubeproxy",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class KubeProxy {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeproxy");
    private static final long RETRY_SECONDS = 5;
    private final LiveViews views = new LiveViews(InstantSource.system());
    private final Semaphore changed = new Semaphore(0);
    private final HealthScope health;
    private final Proxier proxier;
    private final HealthPorts healthPorts;
    private final SupervisedLoop worker;
    private volatile boolean stopped;

    /// Its settings.
    public @interface Settings {
        /// `--node-name`.
        String nodeName() default "localhost";

        /// `--cluster-cidr`.
        String[] clusterCidr() default {"10.42.0.0/16"};
    }

    /// Begins; the kernel is written once the first picture is complete.
    @Activate
    public KubeProxy(Settings settings, @Reference PacketFilter filter, @Reference Health health) {
        this.health = health.scope("kube-proxy");
        View.Listener wake = new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                changed.release();
            }

            @Override
            public void synced() {
                changed.release();
            }
        };
        var services = views.of(Resources.SERVICES);
        var slices = views.of(Resources.ENDPOINT_SLICES).index(Proxier.BY_SERVICE, Proxier::serviceOf);
        services.listen(wake);
        slices.listen(wake);
        proxier = new Proxier(services, slices, filter, List.of(settings.clusterCidr()), settings.nodeName());
        healthPorts = new HealthPorts(health);
        worker = SupervisedLoop.virtual(health, "kube-proxy-worker", this::work).start();
    }

    /// Follows the newest client; the rules stay while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        views.attach(api);
    }

    /// The successor is bound by itself.
    void unbindApi(ApiClient api) {
        LOG.log(System.Logger.Level.DEBUG, "api client {0} gone", api.getClass().getSimpleName());
    }

    private void work() throws InterruptedException {
        // what was missed by a failure is made up for
        changed.release();
        while (!stopped) {
            changed.acquire();
            changed.drainPermits();
            while (views.synced() && !sync()) {
                changed.tryAcquire(RETRY_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private boolean sync() {
        try {
            proxier.sync();
            healthPorts.keep(proxier.healthPorts());
            health.ok();
            return true;
        } catch (FilterRefused | UncheckedIOException e) {
            proxier.forgetWhatIsThere();
            health.degraded("the packet filter refused the service rules: " + e.getMessage());
            LOG.log(System.Logger.Level.WARNING, "rules not written: {0}", e.getMessage());
            return false;
        }
    }

    /// Ends the thread; the rules stay as they are.
    @Deactivate
    void stop() throws InterruptedException {
        stopped = true;
        worker.interrupt();
        worker.join(Long.MAX_VALUE);
        healthPorts.close();
        views.close();
    }
}

package io.k3j.servicelb;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Obj;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
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

/// Tells the leader which of the ports that Services want are in use on this node: at once when they want another one,
/// and every two seconds. Runs on every node; without the API it waits.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.servicelb",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PortReporter {
    private static final String USER = "system:k3s-controller";
    private static final long LOOK_MILLIS = 2_000;
    /// How long a stop waits for a look that is under way.
    private static final Duration STOP = Duration.ofSeconds(2);
    private final LiveViews views = new LiveViews(InstantSource.system());
    private final Semaphore changed = new Semaphore(0);
    private final HealthScope health;
    private final OwnPorts ports;
    private final @Nullable SupervisedLoop loop;
    private volatile @Nullable ApiClient bound;
    private volatile @Nullable ApiClient client;

    /// Starts, unless this process has no node.
    @Activate
    public PortReporter(ServiceLbSettings settings, @Reference Health health) {
        this.health = health.scope("servicelb-ports");
        Path proc = Path.of("/proc");
        LiveView services = views.of(BuiltinResources.SERVICES, Query.ALL.where("spec.type", "LoadBalancer"));
        LiveView nodes = views.of(BuiltinResources.NODES, Query.ALL.where("metadata.name", settings.nodeName()));
        ports = new OwnPorts(settings.nodeName(), services, nodes, new PortChecks(new HostSockets(proc),
                new SocketOwners(proc, ProcessHandle.current().pid()), TimeSource.system().monotonic()));
        services.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                changed.release();
            }

            @Override
            public void synced() {
                changed.release();
            }
        });
        loop = settings.disableAgent() ? null
                : SupervisedLoop.virtual(health, "servicelb-ports-worker", this::work).start();
        if (loop == null) {
            this.health.ok();
        }
    }

    /// Uses the newest client; waits while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        if (loop != null) {
            ApiClient own = api.as(USER);
            bound = api;
            client = own;
            views.attach(own);
        }
    }

    /// OSGi binds the successor.
    void unbindApi(ApiClient api) {
        if (bound == api) {
            client = null;
        }
    }

    private void work() throws InterruptedException {
        while (true) {
            changed.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            changed.drainPermits();
            ApiClient api = client;
            if (api == null || !views.synced()) {
                health.report(HealthLevel.STARTING, "waiting for the API");
            } else {
                look(api);
            }
        }
    }

    private void look(ApiClient api) {
        try {
            ports.tell(api);
            health.ok();
        } catch (ApiFault e) {
            health.degraded("cannot tell which ports are in use: " + e.getMessage());
        } catch (IOException e) {
            health.degraded("cannot look which ports are in use: " + e.getMessage());
        }
    }

    /// Stops; what was told stays.
    @Deactivate
    void stop() {
        SupervisedLoop running = loop;
        if (running != null) {
            running.stop(STOP);
        }
        views.close();
    }
}

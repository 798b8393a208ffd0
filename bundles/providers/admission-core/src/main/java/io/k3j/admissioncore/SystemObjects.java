package io.k3j.admissioncore;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.serviceaddresses.DefaultServiceCidr;
import io.k3j.serviceaddresses.ServiceRange;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Creates the system PriorityClasses and the ServiceCIDR `kubernetes` when they are missing. Retries every second
/// until it succeeds, then looks every ten seconds, as upstream does for the ServiceCIDR.
@Component(service = {}, immediate = true)
public final class SystemObjects {
    private static final Logger LOG = System.getLogger("io.k3j.admissioncore");
    private static final long RETRY_SECONDS = 1;
    private static final long LOOK_AGAIN_SECONDS = 10;
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private final ApiClient api;
    private final DefaultServiceCidr serviceCidr;
    private final SupervisedLoop loop;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /// Starts the loop on a virtual thread.
    @Activate
    public SystemObjects(@Reference Listers listers, @Reference Allocator allocator, @Reference Health health) {
        this.api = listers.api();
        this.serviceCidr = new DefaultServiceCidr(api,
                allocator.ranges().configured().stream().map(ServiceRange::text).toList(), InstantSource.system());
        this.loop = SupervisedLoop.virtual(health, "admission-system-objects", this::run).start();
    }

    private void run() throws InterruptedException {
        long pause;
        do {
            pause = createAll() ? LOOK_AGAIN_SECONDS : RETRY_SECONDS;
        } while (!stopped.await(pause, TimeUnit.SECONDS));
    }

    private boolean createAll() {
        try {
            createMissing(Listers.PRIORITIES, priority("system-node-critical", 2_000_001_000L,
                    "Used for system critical pods that must not be moved from their current node."));
            createMissing(Listers.PRIORITIES, priority("system-cluster-critical", 2_000_000_000L,
                    "Used for system critical pods that must run in the cluster, but can be moved to another node if"
                            + " necessary."));
            serviceCidr.sync();
            return true;
        } catch (ApiFault e) {
            LOG.log(Level.DEBUG, "System objects missing reason={0}", e.getMessage());
            return false;
        }
    }

    private static Struct priority(String name, long value, String description) {
        return Struct.of("apiVersion", "scheduling.k8s.io/v1", "kind", "PriorityClass", "metadata",
                Struct.of("name", name), "value", value, "description", description);
    }

    private void createMissing(Gvr resource, Struct object) {
        Obj o = Obj.of(object);
        if (api.find(resource, o.key()).isPresent()) {
            return;
        }
        try {
            api.create(resource, o, WriteOptions.PLAIN);
        } catch (ApiFault e) {
            if (!e.reason().equals("AlreadyExists")) {
                throw e;
            }
        }
    }

    /// Stops the loop, which writes no more then; the created objects stay.
    @Deactivate
    public void stop() {
        stopped.countDown();
        loop.stop(STOP_LIMIT);
    }
}

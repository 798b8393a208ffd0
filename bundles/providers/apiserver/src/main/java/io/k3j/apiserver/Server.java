package io.k3j.apiserver;

import io.k3j.apicontributions.Contributions;
import io.k3j.apiservercontrollers.FlowControl;
import io.k3j.apiwatches.WatchHub;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentbase.Deadlines;
import io.k3j.datastoreapi.Datastore;
import io.k3j.edgeapi.Endpoint;
import io.k3j.encryption.UnreadableRow;
import io.k3j.flowcontrol.RequestLimits;
import io.k3j.objectregistry.Storage;
import io.k3j.schema.Schemas;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Feeder;
import io.k3j.watchcache.Fence;
import io.k3j.watchcache.PastState;
import io.k3j.watchcache.Rows;
import io.k3j.watchcache.Store;

/// One running API server: its parts and their threads. The constructor returns when all rows are loaded and the log
/// has caught up with the newest revision.
final class Server implements AutoCloseable {
    private static final long CATCH_UP_MILLIS = 30_000;
    /// How long requests in flight are waited for. A client that sends slowly must not make the stop overdue: of a
    /// swap, or of the process, which has less time.
    private static final long DRAIN_MILLIS = 2_000;
    private final Feeder feeder;
    private final Storage storage;
    private final RequestLimits limits;
    private final LocalBackend local;
    private final WatchHub hub;
    private final Deadlines deadlines;
    private final FlowControl flows;
    private final InFlight inFlight;
    private boolean drained;
    private final Endpoint endpoint;
    private final HealthChecks health;

    /// Loads and starts; blocks up to the load time plus 30 seconds.
    /// @throws UnreadableRow when a Secret cannot be decrypted
    Server(Contributions contributions, Store store, Core.Policy policy, Core.Environment environment,
            StartSteps.Done done) {
        Datastore datastore = store.await(Store.PATIENCE_MILLIS);
        if (datastore == null) {
            throw ApiFault.unavailable("the datastore is away");
        }
        Core.Types types = Core.Types.of(new Schemas());
        Rows rows = new Rows(types.protobuf(), store.atRest());
        this.feeder = new Feeder(store, datastore, rows, environment.health());
        EventLog log = feeder.log();
        long newest = datastore.revision();
        feeder.start();
        log.atLeast(newest, CATCH_UP_MILLIS);
        UnreadableRow undecryptable = feeder.unreadable();
        if (undecryptable != null) {
            feeder.close();
            throw undecryptable;
        }
        Fence fence = new Fence(store, log, new Fence.Mode(datastore.shared(), policy.staleReads()),
                environment.clock(),
                environment.health());
        fence.start();
        this.storage = new Storage(store, log, fence, new PastState(store, rows));
        this.hub = new WatchHub(log, environment.health());
        hub.start();
        this.health = new HealthChecks(() -> store.await(0) != null && fence.answering(),
                new StartSteps(done, contributions, log, environment.health()), environment.health());
        Core core = new Core(contributions, storage, types, policy, environment);
        this.limits = core.limits();
        this.inFlight = core.inFlight();
        this.deadlines = core.deadlines();
        deadlines.start();
        this.flows = new FlowControl(log, limits.flows(), environment.health());
        this.local = core.local();
        this.endpoint = core.endpoint(hub, health, policy.leastWatch());
    }

    /// The endpoint for all paths that no other endpoint serves.
    Endpoint endpoint() {
        return endpoint;
    }

    /// Whether other servers write to the datastore.
    boolean shared() {
        return storage.fence().shared();
    }

    /// The storage.
    Storage storage() {
        return storage;
    }

    /// The limits on concurrent work.
    RequestLimits limits() {
        return limits;
    }

    /// The back end of the in-process clients.
    LocalBackend local() {
        return local;
    }

    /// The requests that are being worked on.
    InFlight inFlight() {
        return inFlight;
    }

    /// What follows the objects of API priority and fairness.
    FlowControl flows() {
        return flows;
    }

    HealthChecks health() {
        return health;
    }

    /// Ends watches in order, then waits up to two seconds for requests in flight; once. Called as soon as the endpoint
    /// gets no more of them, since those that are left five seconds later are broken off.
    void drain() {
        drainWithin(DRAIN_MILLIS);
    }

    /// The same, waiting as long as is said.
    synchronized void drainWithin(long millis) {
        if (!drained) {
            drained = true;
            hub.close();
            inFlight.await(millis);
        }
    }

    /// Drains, and stops following the datastore. What has not finished by then may finish: the state it has read stays
    /// usable.
    @Override
    public void close() {
        drain();
        storage.fence().close();
        flows.close();
        deadlines.close();
        feeder.close();
    }
}

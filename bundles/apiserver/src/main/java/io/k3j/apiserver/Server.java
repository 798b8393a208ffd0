package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.datastoreapi.Datastore;
import io.k3j.edgeapi.Endpoint;
import io.k3j.encryption.UnreadableRow;
import io.k3j.schema.Schemas;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Feeder;
import io.k3j.watchcache.Fence;
import io.k3j.watchcache.Rows;
import io.k3j.watchcache.Store;
import java.nio.file.Path;

/// One running API server: the core with its threads. It is complete when constructed: everything that
/// is stored has been loaded and followed up to the newest revision.
final class Server implements AutoCloseable {
    private static final long CATCH_UP_MILLIS = 30_000;
    private final Feeder feeder;
    private final Fence fence;
    private final Core core;
    private final WatchHub hub;
    private final Pipeline pipeline;
    private final HealthChecks health;

    /// Loads and starts; blocks.
    /// @throws UnreadableRow when a Secret cannot be decrypted
    Server(Extensions extensions, Store store, Core.Policy policy, Core.World world,
            HealthChecks.PostStartHooks hooks) {
        Datastore datastore = store.await(Store.PATIENCE_MILLIS);
        if (datastore == null) {
            throw ApiFault.unavailable("the datastore is away");
        }
        Core.Types types = Core.Types.of(new Schemas());
        this.feeder = new Feeder(store, datastore, new Rows(types.protobuf(), store.atRest()),
                world.health());
        EventLog log = feeder.log();
        long newest = datastore.revision();
        feeder.start();
        log.atLeast(newest, CATCH_UP_MILLIS);
        UnreadableRow sealed = feeder.unreadable();
        if (sealed != null) {
            feeder.close();
            throw sealed;
        }
        this.fence = new Fence(store, log, new Fence.Mode(datastore.shared(), policy.staleReads()), world.clock(),
                world.health());
        fence.start();
        this.core = new Core(extensions, new Core.Data(store, log, fence), types, policy, world);
        this.hub = new WatchHub(log, world.health());
        hub.start();
        this.health = new HealthChecks(() -> store.await(0) != null && fence.answering(), hooks, world.health());
        Frames frames = new Frames(core.renderer(), types.protobuf(), core.tables());
        Metrics metrics = new Metrics();
        this.pipeline = new Pipeline(core, new Watches(core, hub, frames),
                new Paths(core, health, metrics, hub, new ProcessFigures(Path.of("/proc/self"))), metrics);
    }

    /// Answers everything nobody else does.
    Endpoint endpoint() {
        return pipeline;
    }

    /// Whether other servers write to the datastore.
    boolean shared() {
        return fence.shared();
    }

    Core core() {
        return core;
    }

    HealthChecks health() {
        return health;
    }

    /// Ends watches in order and stops following the datastore. Requests in flight may finish: what they
    /// need stays usable.
    @Override
    public void close() {
        hub.close();
        fence.close();
        feeder.close();
    }
}

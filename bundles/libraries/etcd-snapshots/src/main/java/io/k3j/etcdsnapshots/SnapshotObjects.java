package io.k3j.etcdsnapshots;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells the API of snapshots, whenever something has changed and every now and then: files come and go by other hands,
/// too. One thread runs it; any may poke.
final class SnapshotObjects implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    /// After a look that failed, as all do until the API is up.
    private static final Duration RETRY = Duration.ofSeconds(2);
    private final Source source;
    private final SnapshotOutcomes news;
    private final Around around;
    private final Supplier<@Nullable ApiClient> api;
    private final InstantSource clock;
    /// Permits say that something has changed; many are one.
    private final Semaphore due = new Semaphore(0);
    private volatile boolean closed;

    /// What there is now.
    interface Source {
        /// The snapshots by storage; a storage that cannot be asked is missing.
        Map<String, List<SnapshotFile>> all() throws IOException;
    }

    /// Where this is done.
    ///
    /// @param node this server's
    /// @param interval lies between two looks
    /// @param members the nodes whose etcd is in the cluster; none when that is not known
    /// @param times where it is noted how long a look takes
    record Around(String node, Duration interval, Supplier<Set<String>> members, SnapshotTimes times) {
    }

    SnapshotObjects(Source source, SnapshotOutcomes news, Around around, Supplier<@Nullable ApiClient> api,
            InstantSource clock) {
        this.source = source;
        this.news = news;
        this.around = around;
        this.api = api;
        this.clock = clock;
    }

    /// Looks again soon: something has changed. Any thread; does not block.
    void poke() {
        due.release();
    }

    /// Looks until [#close]. Changes during a look are one look more, however many they are.
    void run() throws InterruptedException {
        while (!closed) {
            boolean done = look();
            boolean poked = due.tryAcquire((done ? around.interval() : RETRY).toMillis(), TimeUnit.MILLISECONDS);
            if (poked) {
                due.drainPermits();
            }
        }
    }

    /// Whether all was told. What failed is tried again soon, and logged low: until the API is up nothing else can be
    /// expected.
    private boolean look() {
        ApiClient client = api.get();
        if (client == null) {
            return false;
        }
        try {
            step(client);
            return true;
        } catch (ApiFault | IOException notNow) {
            LOG.log(System.Logger.Level.DEBUG, "Snapshots are told to the API later: " + notNow.getMessage());
            return false;
        }
    }

    /// One look. Failures come first, one by one, each forgotten when it was told: a look that ends early tells none
    /// twice.
    /// @throws io.k3j.clientapi.ApiFault when the API refuses something; the rest is done at the next look
    /// @throws IOException when the disk cannot be read
    void step(ApiClient client) throws IOException {
        around.times().measured(SnapshotTimes.Step.RECONCILE, () -> {
            SnapshotKind.ensure(client);
            try (SnapshotReconciler teller = new SnapshotReconciler(client, around.node(), clock)) {
                Set<String> deleted = news.deleted();
                for (SnapshotFile one = news.failure().orElse(null); one != null; one = news.failure().orElse(null)) {
                    teller.tell(one);
                    news.told(one);
                }
                teller.reconcile(source.all(), around.members().get(), deleted);
                news.forgotten(deleted);
            }
            return true;
        });
    }

    @Override
    public void close() {
        closed = true;
        due.release();
    }
}

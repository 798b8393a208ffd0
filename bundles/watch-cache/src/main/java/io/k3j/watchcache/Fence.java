package io.k3j.watchcache;

import io.k3j.clientapi.ApiFault;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes sure that a most-recent read has seen every acknowledged write, also those of other servers: asks a
/// shared store for its revision, once for all reads that wait, and waits until the log has come that far. A
/// store of this process alone needs no question: what it has acknowledged is known here.
///
/// ```
/// read, read, read ─► wanted ─► round: revision() ─► confirmed ─► log has it ─► newest picture
///                                  └─ nothing within a second ─► newest picture, with a warning that names its age
/// ```
///
/// Rounds run on one thread of this object, one after the other, and once a second when nobody reads, so that it is
/// known how old the picture is once the store does not answer any more.
public final class Fence implements AutoCloseable {
    /// How long a read waits before it is answered from memory, counted from when the store fell silent.
    public static final long PATIENCE_MILLIS = 1_000;
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    private static final long WRITE = TimeUnit.MILLISECONDS.toNanos(Store.PATIENCE_MILLIS);
    private static final long IDLE = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY = TimeUnit.MILLISECONDS.toNanos(100);
    private static final System.Logger LOG = System.getLogger("io.k3j.watchcache");
    private final Store store;
    private final EventLog log;
    private final InstantSource clock;
    private final boolean shared;
    private final RunningTime time = new RunningTime();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition asked = lock.newCondition();
    private final Condition told = lock.newCondition();
    private final Thread thread;
    private long wanted;
    private long begun;
    private long done;
    private long confirmed;
    private boolean silent;
    private long silentSince;
    private Instant pendingSince;
    private Instant asOf;
    private boolean toldAway;
    /// What the store said when it was asked last, null when it answered or there is none.
    private volatile @Nullable String trouble;
    private volatile Consumer<Boolean> listener = answering -> {
    };
    private volatile boolean open = true;

    /// For a store and the log that follows it, which holds what the store held just now.
    public Fence(Store store, EventLog log, boolean shared, InstantSource clock) {
        this.store = store;
        this.log = log;
        this.shared = shared;
        this.clock = clock;
        this.asOf = clock.instant();
        this.pendingSince = asOf;
        this.thread = Thread.ofVirtual().name("apiserver-fence").unstarted(this::run);
    }

    /// Begins; without effect for a store of this process alone.
    public void start() {
        if (shared) {
            time.start();
            thread.start();
        }
    }

    /// Whoever shall hear when the store falls silent (false) and answers again (true); called on the rounds' thread.
    public void listen(Consumer<Boolean> whoever) {
        listener = whoever;
    }

    /// Whether other servers write to the store.
    public boolean shared() {
        return shared;
    }

    /// The newest picture that holds every write acknowledged before this call. When the store does not answer
    /// it is the newest picture there is, and `warnings` is told of how old it may be.
    public EventLog.Snapshot mostRecent(Consumer<String> warnings) {
        if (!shared) {
            return log.mostRecent();
        }
        EventLog.Snapshot known = awaited();
        if (known != null) {
            return known;
        }
        warnings.accept("the datastore does not answer: data as of " + asOf().truncatedTo(ChronoUnit.SECONDS));
        return log.newest();
    }

    /// The same for a decision to write.
    /// @throws ApiFault 503 when the store does not answer
    public EventLog.Snapshot confirmed() {
        if (!shared) {
            return log.mostRecent();
        }
        EventLog.Snapshot known = awaited();
        if (known == null) {
            String said = trouble;
            throw ApiFault.unavailable("the datastore does not answer" + (said == null ? "" : ": " + said));
        }
        return known;
    }

    /// Sends a write away at once when the store has been silent for as long as a write may take: it would only find
    /// out the same, and keep those behind it waiting. While there is no store, one may come, and a write waits for it.
    /// @throws ApiFault 503 with what the store said
    public void mustAnswer() {
        String said = trouble;
        if (said != null && silentFor(WRITE)) {
            throw ApiFault.unavailable("the datastore is away: " + said);
        }
    }

    /// Does something that looks at the picture; when it is refused, and the picture has turned out to be old, it
    /// is done once more with the newest.
    /// @throws ApiFault as `work`, or 503 when the store does not answer
    public <T> T fresh(Supplier<T> work) {
        long before = log.newest().revision();
        try {
            return work.get();
        } catch (ApiFault f) {
            if (!shared || f.code() >= 500 || confirmed().revision() == before) {
                throw f;
            }
            return work.get();
        }
    }

    /// Whether the store has answered lately.
    public boolean answering() {
        return !silentFor(PATIENCE);
    }

    private boolean silentFor(long nanos) {
        lock.lock();
        try {
            return silent && time.nanos() - silentSince >= nanos;
        } finally {
            lock.unlock();
        }
    }

    /// A moment whose state the newest picture surely holds.
    public Instant asOf() {
        lock.lock();
        try {
            settle();
            return asOf;
        } finally {
            lock.unlock();
        }
    }

    private EventLog.@Nullable Snapshot awaited() {
        long end = time.nanos() + PATIENCE;
        long revision = revision(end);
        if (revision < 0) {
            return null;
        }
        EventLog.Snapshot now = log.newest();
        // twice: the process may have stood still during the first wait
        for (int n = 0; n < 2 && now.revision() < revision; n++) {
            now = log.atLeast(revision, TimeUnit.NANOSECONDS.toMillis(Math.max(0, end - time.nanos())));
        }
        return now.revision() >= revision ? now : null;
    }

    /// The store's revision, asked for after this call began; -1 when it did not answer in time.
    private long revision(long end) {
        lock.lock();
        try {
            long round = begun + 1;
            wanted = Math.max(wanted, round);
            asked.signal();
            while (done < round && open && answering()) {
                long left = end - time.nanos();
                if (left <= 0) {
                    return -1;
                }
                // nobody signals that the silence has lasted long enough
                told.awaitNanos(silent ? Math.min(left, silentSince + PATIENCE - time.nanos()) : left);
            }
            return done < round ? -1 : confirmed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (open) {
                round();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() throws InterruptedException {
        Instant at;
        long number;
        lock.lockInterruptibly();
        try {
            long left = IDLE;
            while (open && wanted <= done && left > 0) {
                left = asked.awaitNanos(left);
            }
            number = ++begun;
            at = clock.instant();
            if (!silent) {
                silent = true;
                silentSince = time.nanos();
            }
        } finally {
            lock.unlock();
        }
        long revision = asked();
        note(revision >= 0);
        lock.lock();
        try {
            if (revision < 0) {
                pause();
            } else {
                settle();
                done = number;
                confirmed = revision;
                pendingSince = at;
                silent = false;
                told.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void note(boolean answers) {
        boolean away = !answers && !answering();
        if (away != toldAway && (away || answers)) {
            toldAway = away;
            listener.accept(!away);
        }
    }

    /// The store's revision, -1 when it does not say.
    private long asked() {
        Datastore datastore = store.await(0);
        try {
            long revision = datastore == null ? -1 : datastore.revision();
            trouble = null;
            return revision;
        } catch (DatastoreUnavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "no revision: {0}", e.getMessage());
            trouble = String.valueOf(e.getMessage());
            return -1;
        }
    }

    private void pause() throws InterruptedException {
        long left = RETRY;
        while (open && left > 0) {
            left = told.awaitNanos(left);
        }
    }

    /// Takes note of how far the log has come.
    private void settle() {
        if (log.newest().revision() >= confirmed) {
            asOf = pendingSince;
        }
    }

    /// Ends the rounds; who waits is answered from memory.
    @Override
    public void close() {
        open = false;
        time.close();
        thread.interrupt();
        lock.lock();
        try {
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

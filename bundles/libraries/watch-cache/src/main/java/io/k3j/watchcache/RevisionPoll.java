package io.k3j.watchcache;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Asks a shared store for its revision, on one thread of its own: one question after the other while somebody waits
/// for an answer, once a second when nobody does, so that it is known since when the store is silent.
///
/// ```
/// revision(): wants round begun + 1 ─► round() asks the store ─► done, confirmed ─► told
/// ```
///
/// A reader counts on the round that begins after it came, never on one that is under way: that one's answer may be
/// older than a write which was acknowledged before the read. All who come during one round share the next.
final class RevisionPoll implements AutoCloseable {
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(Fence.PATIENCE_MILLIS);
    /// How long nobody has to ask before it asks by itself.
    private static final long IDLE = TimeUnit.SECONDS.toNanos(1);
    /// The pause after a question that failed.
    private static final long RETRY = TimeUnit.MILLISECONDS.toNanos(100);
    /// How long a close waits for a question that is open.
    private static final Duration STOP = Duration.ofSeconds(2);
    private static final System.Logger LOG = System.getLogger("io.k3j.watchcache");
    private final Store store;
    private final EventLog log;
    private final InstantSource clock;
    private final long patience;
    private final RunningTime time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition asked = lock.newCondition();
    private final Condition told = lock.newCondition();
    private final SupervisedLoop loop;
    /// The highest round somebody waits for.
    private long wanted;
    /// The round that was begun last.
    private long begun;
    /// The last round that was answered.
    private long done;
    /// What it answered.
    private long confirmed;
    /// A question is open or has failed; it was first put at `silentSince`.
    private boolean silent;
    private long silentSince;
    /// When the last answered question was put, by the clock of the day.
    private Instant pendingSince;
    /// The latest of those moments whose revision the log has reached.
    private Instant asOf;
    /// Whether the listener was told last that the store is away; the thread's own.
    private boolean toldAway;
    /// What the store said when it was asked last, null when it answered or there is none.
    private volatile @Nullable String trouble;
    private volatile Consumer<Boolean> listener = answering -> {
    };
    private volatile boolean open = true;

    /// `patience` is how many nanoseconds a silence is waited out.
    RevisionPoll(Store store, EventLog log, InstantSource clock, long patience, Health health) {
        this.store = store;
        this.log = log;
        this.clock = clock;
        this.patience = patience;
        this.asOf = clock.instant();
        this.pendingSince = asOf;
        this.time = new RunningTime(health);
        this.loop = SupervisedLoop.virtual(health, "apiserver-fence", this::run);
    }

    /// Begins, once.
    void start() {
        time.start();
        loop.start();
    }

    /// In place of the one before; called on this object's thread.
    void listen(Consumer<Boolean> whoever) {
        listener = whoever;
    }

    /// Time in which this process ran, as `System.nanoTime`.
    long nanos() {
        return time.nanos();
    }

    /// What the store said when it was asked last, null when it answered.
    @Nullable
    String trouble() {
        return trouble;
    }

    /// No question has been open for as long as a store is given.
    boolean answering() {
        return !silentFor(PATIENCE);
    }

    /// Whether a question has been open, or failing, for so long.
    ///
    /// @param nanos of time in which this process ran
    boolean silentFor(long nanos) {
        lock.lock();
        try {
            return silent && time.nanos() - silentSince >= nanos;
        } finally {
            lock.unlock();
        }
    }

    /// A moment whose state the newest snapshot surely holds. For telling clients how old an answer is.
    Instant asOf() {
        lock.lock();
        try {
            settle();
            return asOf;
        } finally {
            lock.unlock();
        }
    }

    /// The store's revision, asked for after this call began; -1 when it did not answer in time. It is given up
    /// early when the store has been silent for as long as it is given, and on [#close].
    ///
    /// @param end on the scale of [#nanos]
    long revision(long end) {
        lock.lock();
        try {
            long round = begun + 1;
            wanted = Math.max(wanted, round);
            asked.signal();
            while (done < round && open && !silentFor(patience)) {
                long left = end - time.nanos();
                if (left <= 0) {
                    return -1;
                }
                // nobody signals that the silence has lasted long enough
                told.awaitNanos(silent ? Math.min(left, silentSince + patience - time.nanos()) : left);
            }
            return done < round ? -1 : confirmed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        } finally {
            lock.unlock();
        }
    }

    private void run() throws InterruptedException {
        while (open) {
            round();
        }
    }

    /// Waits until somebody asks or it is time, and puts one question, without the lock while the store thinks.
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

    /// Tells the listener of changes only. Its store is away when the patience is over, and back with its first
    /// answer.
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
        long told = log.newest().revision();
        try {
            long revision = datastore == null ? -1 : store.revision(datastore, told);
            trouble = null;
            return revision;
        } catch (DatastoreUnavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "No revision: {0}", e.getMessage());
            trouble = String.valueOf(e.getMessage());
            return -1;
        }
    }

    /// With the lock held; [#close] cuts it short.
    private void pause() throws InterruptedException {
        long left = RETRY;
        while (open && left > 0) {
            left = told.awaitNanos(left);
        }
    }

    /// Takes note of how far the log has come. With the lock held.
    private void settle() {
        if (log.newest().revision() >= confirmed) {
            asOf = pendingSince;
        }
    }

    /// Whoever waits is told that there is no answer. The listener is told nothing more when this returns, unless a
    /// question takes longer than [#STOP].
    @Override
    public void close() {
        open = false;
        time.close();
        loop.interrupt();
        lock.lock();
        try {
            told.signalAll();
        } finally {
            lock.unlock();
        }
        loop.stop(STOP);
    }
}

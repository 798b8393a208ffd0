package io.k3j.watchcache;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Makes sure that a most-recent read has seen every acknowledged write, also those of other servers: asks a
/// shared store for its revision, once for all reads that wait, and waits until the log has come that far. A
/// store of this process alone needs no question: what it has acknowledged is known here.
///
/// ```
/// read, read, read ─► wanted ─► round: revision() ─► confirmed ─► log has it ─► newest snapshot
///                                  └─ nothing in time ─► 503; or, when stale reads are wanted, the newest snapshot
///                                                        with a warning that names its age
/// ```
///
/// Rounds run on one thread of this object, one after the other, and once a second when nobody reads, so that it is
/// known how old the snapshot is once the store does not answer any more.
///
/// Upstream: consistent reads from the watch cache (KEP-2340), which ask etcd for its revision in the same way. Any
/// thread may call. A read waits one second where stale reads are wanted, else three, counted in time in which this
/// process ran; for a store of this process alone as [EventLog#mostRecent] does.
public final class Fence implements AutoCloseable {
    /// After how long a store that does not answer is said to be away; also how long a read waits before it is
    /// answered from memory, where that is wanted.
    public static final long PATIENCE_MILLIS = 1_000;
    /// How long a read waits for a revision, as upstream's for its cache.
    private static final long FRESH_MILLIS = 3_000;
    /// After so long a silence a write would not be taken either.
    private static final long WRITE = TimeUnit.MILLISECONDS.toNanos(Store.PATIENCE_MILLIS);
    private final EventLog log;
    private final boolean shared;
    private final boolean stale;
    private final long patience;
    private final LongAdder failures = new LongAdder();
    private final LongAdder staleAnswers = new LongAdder();
    private final RevisionPoll rounds;

    /// How it works.
    ///
    /// @param shared whether other servers write to the store
    /// @param stale whether clients are answered from memory, with a warning, while the store does not answer
    public record Mode(boolean shared, boolean stale) {
    }

    /// For a store and the log that follows it, which holds what the store held just now. Asks nothing before
    /// [#start].
    ///
    /// @param clock of the day, only to tell clients of when an old snapshot is
    public Fence(Store store, EventLog log, Mode mode, InstantSource clock, Health health) {
        this.log = log;
        this.shared = mode.shared;
        this.stale = mode.stale;
        this.patience = TimeUnit.MILLISECONDS.toNanos(stale ? PATIENCE_MILLIS : FRESH_MILLIS);
        this.rounds = new RevisionPoll(store, log, clock, patience, health);
    }

    /// Begins; without effect for a store of this process alone.
    public void start() {
        if (shared) {
            rounds.start();
        }
    }

    /// Anyone who should hear when the store falls silent (false) and answers again (true); called on the rounds'
    /// thread, so it must not block. The last one who says so is told.
    public void listen(Consumer<Boolean> whoever) {
        rounds.listen(whoever);
    }

    /// Whether other servers write to the store.
    public boolean shared() {
        return shared;
    }

    /// The newest snapshot that holds every write acknowledged before this call, by any server. Where stale reads
    /// are wanted, and there is none, it is the newest snapshot there is, and `warnings` is told of how old it may
    /// be (the header `Warning` of an answer).
    ///
    /// @param warnings called at most once, on this thread
    /// @throws ApiFault as [#confirmed]
    public EventLog.Snapshot mostRecent(Consumer<String> warnings) {
        try {
            return sure();
        } catch (ApiFault old) {
            if (!stale || !shared) {
                failures.increment();
                throw old;
            }
        }
        staleAnswers.increment();
        warnings.accept("the datastore does not answer: data as of " + rounds.asOf().truncatedTo(ChronoUnit.SECONDS));
        return log.newest();
    }

    /// The same for a decision to write, and for callers of this process, to whom nobody can tell a warning. Never
    /// answers with an older snapshot.
    ///
    /// @throws ApiFault 503 when the store does not answer, 504 when it does and the log does not come that far
    public EventLog.Snapshot confirmed() {
        try {
            return sure();
        } catch (ApiFault old) {
            failures.increment();
            throw old;
        }
    }

    /// How many reads failed because no snapshot was fresh enough, since this object was made; for metrics.
    public long failures() {
        return failures.sum();
    }

    /// How many reads were answered from an older snapshot, with a warning; for metrics.
    public long staleAnswers() {
        return staleAnswers.sum();
    }

    /// Sends a write away at once when the store has been silent for as long as a write may take: it would only find
    /// out the same, and keep those behind it waiting. While there is no store, one may come, and a write waits for it.
    /// Does not wait.
    /// @throws ApiFault 503 with what the store said
    public void mustAnswer() {
        String said = rounds.trouble();
        if (said != null && rounds.silentFor(WRITE)) {
            throw ApiFault.unavailable("the datastore is away: " + said);
        }
    }

    /// Does something that looks at the snapshot; when it is refused, and the snapshot has turned out to be old, it
    /// is done once more with the newest. A conflict that another server's write has caused is told only when the
    /// newest state is known; a success needs no second look, since the commit itself compares.
    /// @param work free of effects when it is refused, as it may run twice
    /// @param certain asked after a refusal: whether it would be refused with any other snapshot as well
    /// @throws ApiFault as `work`, or 503 when the store does not answer
    public <T> T fresh(Supplier<T> work, BooleanSupplier certain) {
        long before = log.newest().revision();
        try {
            return work.get();
        } catch (ApiFault f) {
            if (!shared || f.code() >= 500 || certain.getAsBoolean() || confirmed().revision() == before) {
                throw f;
            }
            return work.get();
        }
    }

    /// Whether the store has answered lately: within [#PATIENCE_MILLIS]. True for a store of this process alone.
    public boolean answering() {
        return rounds.answering();
    }

    /// One time for both waits, that for the revision and that for the log.
    private EventLog.Snapshot sure() {
        if (!shared) {
            return log.mostRecent();
        }
        long end = rounds.nanos() + patience;
        long revision = rounds.revision(end);
        if (revision < 0) {
            String said = rounds.trouble();
            throw ApiFault.unavailable("the datastore is away: "
                    + (said == null ? "it does not say its revision" : said));
        }
        EventLog.Snapshot now = log.newest();
        // twice: the process may have stood still during the first wait
        for (int n = 0; n < 2 && now.revision() < revision; n++) {
            now = log.atLeast(revision, TimeUnit.NANOSECONDS.toMillis(Math.max(0, end - rounds.nanos())));
        }
        if (now.revision() < revision) {
            throw EventLog.behind(revision, now.revision());
        }
        return now;
    }

    /// Ends the rounds; who waits is told that there is no answer.
    @Override
    public void close() {
        rounds.close();
    }
}

package io.k3j.watchcache;

import io.k3j.clientapi.ApiFault;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The datastore in use. While it is being swapped writers wait a moment; readers do not notice, as they read
/// memory.
///
/// Any thread. What a [Datastore] throws becomes what a client of the API is told: 503 when nothing happened, 504
/// when it may have. A value is sealed on its way to the datastore here and nowhere else.
public final class Store {
    /// How long a write waits for a datastore that is away.
    public static final long PATIENCE_MILLIS = 2_000;
    private static final System.Logger LOG = System.getLogger("io.k3j.watchcache");
    /// A refusal that was as long in coming keeps those behind it waiting.
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private final ReentrantLock lock = new ReentrantLock();
    /// A datastore has come into use.
    private final Condition came = lock.newCondition();
    private final AtRest atRest;
    private volatile @Nullable Datastore current;
    /// The last refusal that was long in coming; null once a write was taken.
    private volatile @Nullable Refusal refusal;
    private volatile Consumer<String> ending = why -> {
    };
    /// Why nothing is asked any more, once the datastore was found to have gone back; never taken back.
    private final AtomicReference<@Nullable DatastoreUnavailable> wentBack = new AtomicReference<>();

    /// With everything plain.
    public Store() {
        this(EncryptionAtRest.none());
    }

    /// With values as `atRest` says. There is no datastore in use yet.
    public Store(AtRest atRest) {
        this.atRest = atRest;
    }

    /// Whoever ends the process, told once why when the datastore has gone back. The last one that says so.
    public void whenItGoesBack(Consumer<String> end) {
        ending = end;
    }

    /// The datastore's revision, for whoever has seen `told` before this call. Revisions never go back, so a lower one
    /// is that of a backup which was restored below this process: what views, clients and leases know is void, and
    /// nothing may be asked or written from here any more.
    ///
    /// @throws DatastoreUnavailable when it does not answer, or has gone back
    long revision(Datastore datastore, long told) {
        checkNotBack();
        long revision = datastore.revision();
        if (revision < told) {
            String why = "the datastore went back: it is at revision " + revision + ", and this server has told its"
                    + " clients of revision " + told + ", as after a backup was restored below running servers. Nothing"
                    + " that knows the later state can go on, so this server ends; start it again (systemd does by"
                    + " itself) and it begins anew on what is there. Restart the other servers and the agents, too";
            if (wentBack.compareAndSet(null,
                    new DatastoreUnavailable(why, new IllegalStateException("went back"), false))) {
                LOG.log(System.Logger.Level.ERROR, why);
                ending.accept(why);
            }
            checkNotBack();
        }
        return revision;
    }

    private void checkNotBack() {
        DatastoreUnavailable back = wentBack.get();
        if (back != null) {
            throw new DatastoreUnavailable(String.valueOf(back.getMessage()), back, false);
        }
    }

    /// How values lie in the store.
    public AtRest atRest() {
        return atRest;
    }

    /// From now on this one, in place of any other; those who wait go on with it.
    public void use(Datastore datastore) {
        lock.lock();
        try {
            current = datastore;
            came.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// No longer this one. Without effect when another one is in use already: a swap may bring the new one first.
    public void leave(Datastore datastore) {
        if (current == datastore) {
            current = null;
        }
    }

    /// The datastore, waiting for one up to the given time; null when none came. Interrupted, it returns at once;
    /// the flag stays set.
    @Nullable
    public Datastore await(long millis) {
        Datastore now = current;
        if (now != null) {
            return now;
        }
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lock();
        try {
            while (current == null && left > 0) {
                left = came.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return current;
    }

    /// Waits up to the given time for another datastore than one that has failed; returns early when interrupted.
    void awaitOther(Datastore failed, long millis) {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lock();
        try {
            while ((current == null || current == failed) && left > 0) {
                left = came.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Creates or replaces a key. Blocks until the datastore has it on stable storage; waits for one for two
    /// seconds at most.
    ///
    /// @param expected the revision of the version it replaces, 0 to create
    /// @param value in stored form, in plain text
    /// @param timeToLive zero for ever
    /// @param alsoUnchanged further keys that must stand at their revisions, as the Lease of a leader
    /// @return what the datastore decided; a conflict is an answer, no exception
    /// @throws ApiFault 503 when the datastore is away, 504 when the outcome is unknown
    public CommitResult commit(String key, long expected, byte[] value, Duration timeToLive,
            Unchanged... alsoUnchanged) {
        byte[] sealed = atRest.seal(key, value);
        return change(d -> d.commit(key, expected, sealed, timeToLive, alsoUnchanged));
    }

    /// Whether a row would look otherwise if the same value were written once more: it was encrypted with another
    /// key, or not at all. Asks the datastore only for what may be encrypted. Lets an update that changes nothing write
    /// all the same, which is how `k3s secrets-encrypt reencrypt` rewrites Secrets.
    ///
    /// @throws ApiFault as `commit`
    public boolean outdated(String key) {
        return atRest.covers(key)
                && call(d -> d.get(key)).filter(row -> !atRest.current(key, row.value())).isPresent();
    }

    /// Deletes a key that is at the revision `expected`.
    ///
    /// @throws ApiFault as `commit`
    public CommitResult delete(String key, long expected, Unchanged... alsoUnchanged) {
        return change(d -> d.delete(key, expected, alsoUnchanged));
    }

    /// Remembers a refusal that took long, and forgets it with the first write that was taken.
    private CommitResult change(Function<Datastore, CommitResult> request) {
        long begin = System.nanoTime();
        try {
            CommitResult result = call(request);
            refusal = null;
            return result;
        } catch (ApiFault f) {
            long now = System.nanoTime();
            if (f.code() == 503 && now - begin > LONG_NANOS) {
                refusal = new Refusal(now, f);
            }
            throw f;
        }
    }

    /// Sends a write away that has waited since then for its turn, when the datastore has refused another one since,
    /// long after it was asked, and has taken none afterwards: this one's time would be over before it was refused.
    /// @param since as `System.nanoTime` tells
    /// @throws ApiFault 503 with what the datastore said
    public void mustTake(long since) {
        Refusal last = refusal;
        if (last != null && last.at - since > 0) {
            throw ApiFault.unavailable(String.valueOf(last.why.getMessage()));
        }
    }

    /// Asks the datastore something; waits for one for two seconds at most. What a datastore refuses because it has
    /// just been taken out of use, the one that came in its place is asked.
    ///
    /// @param question may be asked of any datastore, and again after a refusal that has changed nothing
    /// @throws ApiFault as `commit`
    public <T> T call(Function<Datastore, T> question) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (true) {
            long left = end - System.nanoTime();
            Datastore datastore = await(TimeUnit.NANOSECONDS.toMillis(Math.max(0, left)));
            if (datastore == null) {
                throw ApiFault.unavailable("the datastore is away");
            }
            try {
                checkNotBack();
                return question.apply(datastore);
            } catch (DatastoreUnavailable e) {
                boolean replaced = current != datastore && end - System.nanoTime() > 0;
                if (e.outcomeUnknown() || !replaced) {
                    throw fault(e);
                }
            }
        }
    }

    private static ApiFault fault(DatastoreUnavailable e) {
        if (e.outcomeUnknown()) {
            return new ApiFault(504, "Timeout",
                    "Timeout: the datastore did not say whether the change happened: " + e.getMessage(),
                    Struct.of("retryAfterSeconds", 1));
        }
        return ApiFault.unavailable("the datastore is away: " + e.getMessage());
    }

    /// When a write was refused, as `System.nanoTime`, and what its client was told.
    private record Refusal(long at, ApiFault why) {
    }
}

package io.k3j.watchcache;

import io.k3j.clientapi.ApiFault;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The datastore in use. While it is being swapped writers wait a moment; readers do not notice.
public final class Store {
    /// How long a write waits for a datastore that is away.
    public static final long PATIENCE_MILLIS = 2_000;
    /// A refusal that was as long in coming keeps those behind it waiting.
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition();
    private final AtRest atRest;
    private volatile @Nullable Datastore current;
    private volatile @Nullable Refusal refusal;

    /// With everything plain.
    public Store() {
        this(AtRest.none());
    }

    /// With Secrets as `atRest` says.
    public Store(AtRest atRest) {
        this.atRest = atRest;
    }

    /// How Secrets lie in the store.
    public AtRest atRest() {
        return atRest;
    }

    /// From now on this one.
    public void use(Datastore datastore) {
        lock.lock();
        try {
            current = datastore;
            came.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// No longer this one.
    public void leave(Datastore datastore) {
        if (current == datastore) {
            current = null;
        }
    }

    /// The datastore, waiting for one up to the given time; null when none came.
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

    /// Waits up to the given time for another datastore than one that has failed.
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

    /// Creates or replaces a key.
    /// @throws ApiFault 503 when the datastore is away, 504 when the outcome is unknown
    public CommitResult commit(String key, long expected, byte[] value, Duration timeToLive,
            Unchanged... alsoUnchanged) {
        byte[] sealed = atRest.seal(key, value);
        return change(d -> d.commit(key, expected, sealed, timeToLive, alsoUnchanged));
    }

    /// Whether a row would look otherwise if the same value were written once more: it was encrypted with another key,
    /// or not at all. Asks the datastore for Secrets only.
    /// @throws ApiFault as `commit`
    public boolean outdated(String key) {
        return AtRest.covers(key)
                && call(d -> d.get(key)).filter(row -> !atRest.current(row.value())).isPresent();
    }

    /// Deletes a key.
    /// @throws ApiFault as `commit`
    public CommitResult delete(String key, long expected, Unchanged... alsoUnchanged) {
        return change(d -> d.delete(key, expected, alsoUnchanged));
    }

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

    /// Asks the datastore something.
    /// @throws ApiFault as `commit`
    public <T> T call(Function<Datastore, T> question) {
        Datastore datastore = await(PATIENCE_MILLIS);
        if (datastore == null) {
            throw ApiFault.unavailable("the datastore is away");
        }
        try {
            return question.apply(datastore);
        } catch (DatastoreUnavailable e) {
            if (e.outcomeUnknown()) {
                throw new ApiFault(504, "Timeout",
                        "Timeout: the datastore did not say whether the change happened: " + e.getMessage(),
                        Struct.of("retryAfterSeconds", 1));
            }
            throw ApiFault.unavailable("the datastore is away: " + e.getMessage());
        }
    }

    private record Refusal(long at, ApiFault why) {
    }
}

package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A bounded amount of something that requests take for a while. A user has a share, so nobody keeps the others out;
/// who finds none left waits a moment, in no order, then is sent away with 429.
final class Budget {
    private final Bounds bounds;
    private final String refusal;
    private final Map<String, Long> taken = new HashMap<>();
    private long total;
    private long refused;

    /// How much there is for all, how much of it for one user, and how long a request waits for its part.
    record Bounds(long most, long perUser, long patienceMillis) {
    }

    /// @param refusal what is told to who gets nothing
    Budget(Bounds bounds, String refusal) {
        this.bounds = bounds;
        this.refusal = refusal;
    }

    /// What was taken, given back by closing it, once.
    interface Room extends AutoCloseable {
        @Override
        void close();
    }

    /// A part for a user.
    /// @param exempt only the bound for all counts
    /// @throws ApiFault 429
    Room take(String user, long weight, boolean exempt) {
        if (!reserved(user, weight, exempt)) {
            throw new ApiFault(429, "TooManyRequests", refusal, Struct.of("retryAfterSeconds", 1));
        }
        return () -> release(user, weight);
    }

    private synchronized boolean reserved(String user, long weight, boolean exempt) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(bounds.patienceMillis);
        while (!fits(user, weight, exempt)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0 || !awaited(left)) {
                refused++;
                return false;
            }
        }
        total += weight;
        taken.merge(user, weight, Long::sum);
        return true;
    }

    private synchronized boolean awaited(long millis) {
        try {
            wait(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean fits(String user, long weight, boolean exempt) {
        long own = taken.getOrDefault(user, 0L);
        return total + weight <= bounds.most && (exempt || own == 0 || own + weight <= bounds.perUser);
    }

    private synchronized void release(String user, long weight) {
        total -= weight;
        taken.computeIfPresent(user, (u, own) -> own == weight ? null : own - weight);
        notifyAll();
    }

    /// How much is taken.
    synchronized long taken() {
        return total;
    }

    /// How many requests got nothing so far.
    synchronized long refused() {
        return refused;
    }
}

package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How much memory the large bodies of requests may take together, from before they are read until they are answered:
/// as bytes and, decoded, as trees. A user has a share, so nobody keeps the others' bodies out; who finds no room waits
/// a moment, then is sent away with 429. Bodies up to [#SMALL_BYTES] are not counted: connections bound them.
final class BodyBudget {
    /// Up to this size a body is not counted.
    static final int SMALL_BYTES = 64 << 10;
    /// What a byte of a body may come to while it is worked on: a tree of small values.
    static final int WEIGHT = 8;
    /// The part of the heap that bodies may take.
    static final int HEAP_PART = 4;
    /// The part of the budget that one user may take.
    static final int USER_PART = 4;
    /// How long a request waits for room.
    static final long PATIENCE_MILLIS = 5_000;
    private final long most;
    private final Map<String, Long> taken = new HashMap<>();
    private long total;

    /// @param most bytes
    BodyBudget(long most) {
        this.most = most;
    }

    /// Room, given back by closing it.
    interface Room extends AutoCloseable {
        @Override
        void close();
    }

    /// Room for a body of a length (-1: unknown) of a user.
    /// @throws ApiFault 429
    Room take(String user, long length, boolean exempt) {
        if (length >= 0 && length <= SMALL_BYTES) {
            return () -> {
            };
        }
        long weight = Math.min(most, WEIGHT * (length < 0 ? Bodies.MAX_BYTES : Math.min(length, Bodies.MAX_BYTES)));
        if (!reserved(user, weight, exempt)) {
            throw new ApiFault(429, "TooManyRequests", "Too many large requests, please try again later.",
                    Struct.of("retryAfterSeconds", 1));
        }
        return () -> release(user, weight);
    }

    private synchronized boolean reserved(String user, long weight, boolean exempt) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!fits(user, weight, exempt)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        total += weight;
        taken.merge(user, weight, Long::sum);
        return true;
    }

    private boolean fits(String user, long weight, boolean exempt) {
        long own = taken.getOrDefault(user, 0L);
        return total + weight <= most && (exempt || own == 0 || own + weight <= most / USER_PART);
    }

    private synchronized void release(String user, long weight) {
        total -= weight;
        taken.computeIfPresent(user, (u, own) -> own == weight ? null : own - weight);
        notifyAll();
    }

    /// How many bytes are taken.
    synchronized long taken() {
        return total;
    }
}

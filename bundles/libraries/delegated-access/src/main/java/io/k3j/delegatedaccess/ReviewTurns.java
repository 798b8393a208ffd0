package io.k3j.delegatedaccess;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Bounds the reviews the API server is asked for at once: a scrape of many clients, or somebody who guesses tokens,
/// must not be a storm of requests to it. One address has a part of the turns only, so that who guesses does not keep
/// the others waiting. Any thread.
final class ReviewTurns {
    /// Reviews under way.
    static final int MOST = 16;
    /// Of these, for clients of one address.
    static final int MOST_OF_ONE = 4;
    /// Fair: who has waited longest is next, so nobody is starved by those who come after.
    private final Semaphore all = new Semaphore(MOST, true);
    /// Of addresses that have a review under way, or wait for one.
    private final Map<String, Part> parts = new HashMap<>();

    private static final class Part {
        private final Semaphore turns = new Semaphore(MOST_OF_ONE, true);
        private int users;
    }

    /// Waits for a turn; each that is got is to be given back by [#end].
    /// @param limit how long to wait
    /// @return whether there is one
    boolean begin(String address, Duration limit) throws InterruptedException {
        Part part = enter(address);
        boolean mine = false;
        boolean turn = false;
        try {
            mine = part.turns.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS);
            turn = mine && all.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS);
            return turn;
        } finally {
            if (mine && !turn) {
                part.turns.release();
            }
            if (!turn) {
                leave(address, part);
            }
        }
    }

    /// Gives a turn back.
    void end(String address) {
        all.release();
        Part part = enter(address);
        part.turns.release();
        leave(address, part);
        leave(address, part);
    }

    private synchronized Part enter(String address) {
        Part part = parts.computeIfAbsent(address, a -> new Part());
        part.users++;
        return part;
    }

    private synchronized void leave(String address, Part part) {
        part.users--;
        if (part.users == 0) {
            parts.remove(address);
        }
    }

    /// Addresses that are remembered.
    synchronized int addresses() {
        return parts.size();
    }
}

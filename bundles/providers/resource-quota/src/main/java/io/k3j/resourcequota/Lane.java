package io.k3j.resourcequota;

import io.k3j.clientapi.ApiFault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// The writes of one namespace that wait for their shares, or to give them back. One thread at a time acts for all of
/// them. Its number of users is changed under the lock of the map that holds it.
final class Lane {
    /// How many are decided together; the others wait for the next time.
    private static final int MOST = 256;
    private final Deque<QuotaDemand> waiting = new ArrayDeque<>();
    private final Map<String, ResourceList> back = new HashMap<>();
    private final ReentrantLock turn = new ReentrantLock();
    private int users;

    /// With one more in it.
    Lane entered(QuotaDemand demand) {
        synchronized (waiting) {
            waiting.add(demand);
        }
        return joined();
    }

    /// With one more in it, who gives shares of quotas back, by their names.
    Lane returned(Map<String, ResourceList> shares) {
        synchronized (back) {
            shares.forEach((quota, share) -> back.merge(quota, share, ResourceList::plus));
        }
        return joined();
    }

    private Lane joined() {
        users++;
        return this;
    }

    /// Returns when what this thread gives back has been handed on, by it or by the one whose turn it was. That is all
    /// there is at the time, a sum for each quota; what `write` leaves undone is not handed on again.
    void giveBack(BiConsumer<String, ResourceList> write) {
        turn.lock();
        try {
            Map<String, ResourceList> sums;
            synchronized (back) {
                sums = new TreeMap<>(back);
                back.clear();
            }
            sums.forEach(write);
        } finally {
            turn.unlock();
        }
    }

    /// Somebody leaves; whether that was the last one.
    boolean left() {
        users--;
        return users == 0;
    }

    /// Returns when a demand is decided, by this thread or by the one whose turn it was. One that a thread has taken
    /// which ended by an [Error] before it had decided is refused.
    void run(QuotaDemand demand, Consumer<List<QuotaDemand>> decide) {
        turn.lock();
        try {
            while (!demand.decided()) {
                List<QuotaDemand> some = next();
                if (some.isEmpty()) {
                    demand.refuse(ApiFault.internal("the quotas could not be evaluated"));
                } else {
                    decide.accept(some);
                }
            }
        } finally {
            turn.unlock();
        }
    }

    private List<QuotaDemand> next() {
        List<QuotaDemand> some = new ArrayList<>();
        synchronized (waiting) {
            while (!waiting.isEmpty() && some.size() < MOST) {
                some.add(waiting.remove());
            }
        }
        return some;
    }
}

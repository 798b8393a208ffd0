package io.k3j.clusterdns;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What waits, by whom: clients take turns, so that one who asks a lot waits for itself (deficit round robin with
/// items of one size). Beyond a client's share, or the total, an item is refused. For one thread.
///
/// @param <C> who
/// @param <T> what
final class FairQueue<C, T> {
    private final int most;
    private final int mostPerClient;
    private final Map<C, Deque<T>> waiting = new HashMap<>();
    private final Deque<C> turns = new ArrayDeque<>();
    private int size;

    FairQueue(int most, int mostPerClient) {
        this.most = most;
        this.mostPerClient = mostPerClient;
    }

    /// Whether there was room.
    boolean add(C client, T item) {
        if (size >= most) {
            return false;
        }
        Deque<T> own = waiting.get(client);
        if (own == null) {
            own = new ArrayDeque<>();
            waiting.put(client, own);
            turns.add(client);
        }
        if (own.size() >= mostPerClient) {
            return false;
        }
        own.add(item);
        size++;
        return true;
    }

    /// The next one, of the client whose turn it is; null when none waits.
    @Nullable
    T next() {
        C client = turns.poll();
        if (client == null) {
            return null;
        }
        Deque<T> own = waiting.get(client);
        T item = own == null ? null : own.poll();
        if (own == null || own.isEmpty()) {
            waiting.remove(client);
        } else {
            turns.add(client);
        }
        size--;
        return item;
    }

    boolean isEmpty() {
        return size == 0;
    }
}

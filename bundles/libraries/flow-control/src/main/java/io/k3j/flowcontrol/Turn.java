package io.k3j.flowcontrol;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/// One request's place in a [QueueSet], while it waits and while it has seats. Made by the request's thread; what is
/// not final is guarded by the queue set.
final class Turn {
    /// So long is waited at once; what is longer than two of these was a stop of the whole process.
    private static final long LOOK = TimeUnit.SECONDS.toNanos(1);
    final RequestFlow of;
    final long flow;
    final boolean write;
    /// Its work would be lost without seats: it waits however many wait already.
    final boolean begun;
    final FlowCounts counts;
    final Thread waiter = Thread.currentThread();
    /// Whether it has seats; read without the lock by who waits.
    volatile boolean come;
    int seats;
    /// Null where nobody waits.
    @Nullable
    Shard shard;
    @Nullable
    Turn behind;
    /// Those around it of all that have seats.
    @Nullable
    Turn earlier;
    @Nullable
    Turn later;
    /// The virtual time of its arrival.
    long arrived;
    /// How many came before it.
    long order;
    /// Since when it waits, in nanoseconds; where it does not have to, the same as the next one.
    long entered;
    /// Since when it has its seats, in nanoseconds.
    long since;
    /// How many nanoseconds it waited for them. Of the request's thread.
    long waited;
    /// What its queue has been charged already for the time it has its seats.
    long charged;

    /// One of the queues, there while something waits in it or comes from it.
    static final class Shard {
        final int index;
        /// The virtual time at which its next request may begin.
        long next;
        int executing;
        int waiting;
        int waitingSeats;
        @Nullable
        Turn head;
        private @Nullable Turn tail;

        Shard(int index, long next) {
            this.index = index;
            this.next = next;
        }

        void add(Turn turn) {
            waiting++;
            waitingSeats += turn.seats;
            if (tail == null) {
                head = turn;
            } else {
                tail.behind = turn;
            }
            tail = turn;
        }

        /// @return false when it does not wait here
        boolean remove(Turn turn) {
            Turn before = null;
            for (Turn each = head; each != null; each = each.behind) {
                if (each == turn) {
                    if (before == null) {
                        head = each.behind;
                    } else {
                        before.behind = each.behind;
                    }
                    if (each == tail) {
                        tail = before;
                    }
                    each.behind = null;
                    waiting--;
                    waitingSeats -= turn.seats;
                    return true;
                }
                before = each;
            }
            return false;
        }

        boolean idle() {
            return waiting == 0 && executing == 0;
        }

        /// When the request in front may begin, in virtual time.
        long start() {
            Turn first = head;
            return first == null ? next : Math.max(next, first.arrived);
        }
    }

    /// Waits until it has seats; false when that takes too long, or the thread is interrupted.
    /// @param park as [java.util.concurrent.locks.LockSupport#parkNanos(Object, long)]
    /// @param nanos a monotonic clock
    boolean awaited(ObjLongConsumer<Object> park, LongSupplier nanos, long millis) {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        while (!come && left > 0) {
            if (waiter.isInterrupted()) {
                return false;
            }
            long from = nanos.getAsLong();
            park.accept(this, Math.min(left, LOOK));
            left -= Math.min(nanos.getAsLong() - from, 2 * LOOK);
        }
        return come;
    }

    static int kind(boolean write) {
        return write ? 1 : 0;
    }

    /// By which reads and writes are counted.
    int kind() {
        return kind(write);
    }

    /// A place for a request of a flow.
    Turn(RequestFlow of, int seats, boolean write, boolean begun) {
        this.of = of;
        this.flow = of.hash();
        this.seats = seats;
        this.write = write;
        this.begun = begun;
        this.counts = of.match().counts();
    }
}

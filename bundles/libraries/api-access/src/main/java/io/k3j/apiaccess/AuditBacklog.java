package io.k3j.apiaccess;

import io.k3j.apiserverapi.Audit.Taken;
import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Events of requests that are done, and that nobody has taken in time because nobody was there: kept for who comes,
/// up to a bound, beyond which they are lost and counted. Any thread; blocks for nothing but what it is given to.
final class AuditBacklog {
    /// As JSON, all together.
    static final long MOST_BYTES = 16L << 20;
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private static final long SAY_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);
    private final LongSupplier nanos;
    private final Deque<byte[]> kept = new ArrayDeque<>();
    private final AtomicLong lost = new AtomicLong();
    private long bytes;
    private long saidAt;
    private boolean said;
    /// Whether there is anything, for a look without the lock.
    private volatile boolean any;

    /// @param nanos a clock that only goes forward
    AuditBacklog(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /// Keeps an event for whoever comes.
    void keep(Struct event) {
        byte[] json = Json.bytes(event);
        synchronized (this) {
            if (bytes + json.length <= MOST_BYTES) {
                bytes += json.length;
                kept.add(json);
                any = true;
                return;
            }
        }
        lost.incrementAndGet();
        warn();
    }

    private synchronized void warn() {
        long now = nanos.getAsLong();
        if (!said || now - saidAt > SAY_AGAIN_NANOS) {
            said = true;
            saidAt = now;
            LOG.log(System.Logger.Level.WARNING, "Audit events are lost, nobody takes them and the backlog is full"
                    + " lost={0}", lost.get());
        }
    }

    /// How many are lost.
    long lost() {
        return lost.get();
    }

    /// Gives all to somebody, until he says that he is closed.
    void deliver(Function<Struct, Taken> to) {
        while (any) {
            byte[] next = next();
            if (next != null && to.apply(Json.object(next)) == Taken.CLOSED) {
                back(next);
                return;
            }
        }
    }

    private synchronized byte @Nullable [] next() {
        byte[] next = kept.poll();
        bytes -= next == null ? 0 : next.length;
        any = !kept.isEmpty();
        return next;
    }

    private synchronized void back(byte[] event) {
        kept.addFirst(event);
        bytes += event.length;
        any = true;
    }
}

package io.k3j.packetfilter;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Tells listeners that somebody else has changed the ruleset. The kernel tells the generation that each transaction
/// makes; what [#own] has made is passed over. The thread begins with the first listener.
///
/// ```
/// own: generation n ─► transaction ─► generation n + 1: ours      any other number: somebody else's
/// ```
final class RulesetEvents implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.packetfilter");
    private static final long PAUSE_NANOS = 100_000_000;
    private static final long ANSWER_SECONDS = 1;
    private static final long END_MILLIS = 2_000;
    /// Of generations that the listening thread has not heard of yet.
    private static final int MOST_OWN = 4096;
    private final Health health;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    /// Held during a transaction of ours, so that its generation is known when the message about it is looked at.
    private final ReentrantLock transaction = new ReentrantLock();
    private final LinkedHashSet<Integer> own = new LinkedHashSet<>();
    private @Nullable NetlinkSocket events;
    private @Nullable NetlinkSocket questions;
    private @Nullable SupervisedLoop loop;
    private volatile boolean closed;

    /// Opens nothing yet.
    ///
    /// @param health where the thread reports
    RulesetEvents(Health health) {
        this.health = health;
    }

    /// Adds a listener.
    ///
    /// @return to remove it
    AutoCloseable listen(Runnable listener) {
        // a wrapper of its own, so that the same listener may be added twice
        Runnable one = listener::run;
        listeners.add(one);
        transaction.lock();
        try {
            if (loop == null && !closed) {
                loop = SupervisedLoop.platform(health, "packet-filter-events", this::hear).start();
            }
        } finally {
            transaction.unlock();
        }
        return () -> listeners.remove(one);
    }

    /// Carries out a transaction that is no news to listeners; one at a time.
    void own(Runnable work) {
        transaction.lock();
        try {
            OptionalInt before = generation();
            work.run();
            OptionalInt after = generation();
            // more than one: somebody else was there as well
            if (before.isPresent() && after.isPresent() && after.getAsInt() == before.getAsInt() + 1) {
                own.add(after.getAsInt());
                if (own.size() > MOST_OWN) {
                    own.removeFirst();
                }
            }
        } finally {
            transaction.unlock();
        }
    }

    private OptionalInt generation() {
        NetlinkSocket socket = questions;
        if (socket == null) {
            return OptionalInt.empty();
        }
        try {
            socket.ask();
            return socket.receive(true, () -> LOG.log(System.Logger.Level.DEBUG, "Generation lost"));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot read the ruleset's generation error={0}", e.getMessage());
            return OptionalInt.empty();
        }
    }

    private void hear() {
        try (NetlinkSocket socket = new NetlinkSocket().joined();
                NetlinkSocket asking = new NetlinkSocket().patient(ANSWER_SECONDS)) {
            open(socket, asking);
            while (!closed) {
                if (foreign(socket)) {
                    listeners.forEach(RulesetEvents::tell);
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot hear of changes of the ruleset", e);
        } finally {
            open(null, null);
        }
    }

    private void open(@Nullable NetlinkSocket socket, @Nullable NetlinkSocket asking) {
        transaction.lock();
        try {
            events = socket;
            questions = asking;
        } finally {
            transaction.unlock();
        }
    }

    /// Waits for a message and takes all that have come.
    private boolean foreign(NetlinkSocket socket) throws IOException {
        AtomicBoolean foreign = new AtomicBoolean();
        OptionalInt told = socket.receive(true, () -> foreign.set(true));
        while (told.isPresent()) {
            foreign.compareAndSet(false, !ours(told.getAsInt()));
            told = socket.receive(false, () -> foreign.set(true));
        }
        return foreign.get() && !closed;
    }

    private boolean ours(int generation) {
        transaction.lock();
        try {
            return own.remove(generation);
        } finally {
            transaction.unlock();
        }
    }

    private static void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Listener to the ruleset failed error=" + e.getMessage(), e);
        }
    }

    /// Ends the thread and waits for it, for 2 s at most.
    @Override
    public void close() {
        closed = true;
        @Nullable
        SupervisedLoop running = wake();
        if (running != null) {
            running.close();
            try {
                running.join(END_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// The answer to a question wakes who receives.
    private @Nullable SupervisedLoop wake() {
        transaction.lock();
        try {
            if (events != null) {
                events.ask();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot wake the listener error={0}", e.getMessage());
        } finally {
            transaction.unlock();
        }
        return loop;
    }
}

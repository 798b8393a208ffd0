package io.k3j.clienthttp;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.View;
import io.k3j.clienthttp.RemoteClient.Bearer;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One bundle's eye on a [Reflector]. Changes wait in a bounded queue for its listener; a listener that falls
/// behind further than that is told the difference when it comes back.
final class RemoteView implements View {
    /// How long a read waits for the first list.
    static final long PATIENCE_SECONDS = 10;
    /// How long a listener call under way may take at the end.
    static final long STOP_SECONDS = 4;
    private static final System.Logger LOG = System.getLogger("io.k3j.clienthttp");
    private static final int MAX_PENDING = 4_096;

    private final Reflector reflector;
    private final Bearer bearer;
    private final Consumer<RemoteView> closing;
    private final ReentrantLock telling = new ReentrantLock();
    private final ReentrantLock queue = new ReentrantLock();
    private final Condition news = queue.newCondition();
    private final Deque<Change> pending = new ArrayDeque<>();
    private final Map<Key, Obj> told = new HashMap<>();
    private @Nullable List<Obj> present;
    private boolean lost;
    private boolean proven;
    private volatile boolean closed;
    private final Health health;
    private @Nullable SupervisedLoop loop;
    private boolean begun;
    private boolean synced;

    /// What happened to one object.
    record Change(@Nullable Obj before, @Nullable Obj after) {
    }

    /// Sees what `reflector` sees, for an identity; `closing` is run once at the end.
    RemoteView(Reflector reflector, Bearer bearer, Consumer<RemoteView> closing, Health health) {
        this.health = health;
        this.reflector = reflector;
        this.bearer = bearer;
        this.closing = closing;
    }

    Bearer bearer() {
        return bearer;
    }

    /// The first picture has come.
    void begin(List<Obj> objects) {
        queue.lock();
        try {
            if (present == null && loop != null) {
                present = objects;
                news.signalAll();
            }
        } finally {
            queue.unlock();
        }
    }

    /// Something has changed after the first picture.
    void offer(Change change) {
        queue.lock();
        try {
            if (present == null || lost) {
                return;
            }
            if (pending.size() == MAX_PENDING) {
                lost = true;
                pending.clear();
            } else {
                pending.add(change);
            }
            news.signalAll();
        } finally {
            queue.unlock();
        }
    }

    /// Nothing waits any more.
    void forget() {
        queue.lock();
        try {
            pending.clear();
            lost = false;
        } finally {
            queue.unlock();
        }
    }

    @Override
    public long revision() {
        return reflector.revision();
    }

    private Map<Key, Obj> objects() {
        Map<Key, Obj> objects = reflector.objects();
        prove();
        return objects;
    }

    /// Makes sure that this identity, too, may see what another's list has brought.
    /// @throws ApiFault 403 when it may not
    private synchronized void prove() {
        if (!proven && !reflector.allowed(bearer)) {
            Pages.probe(bearer.connection(), reflector.resource(), reflector.query());
        }
        proven = true;
    }

    @Override
    public Optional<Obj> get(Key key) {
        return Optional.ofNullable(objects().get(key));
    }

    @Override
    public Collection<Obj> list() {
        return List.copyOf(objects().values());
    }

    @Override
    public Collection<Obj> list(String namespace) {
        return objects().values().stream().filter(o -> o.namespace().equals(namespace)).toList();
    }

    @Override
    public synchronized void listen(Listener listener) {
        if (loop != null) {
            throw new IllegalStateException("somebody listens already");
        }
        String name = "client-view-" + reflector.resource().resource();
        loop = SupervisedLoop.virtual(health, name, () -> follow(listener)).start();
        reflector.listened(this);
    }

    /// Called again after a failure: then it tells the difference.
    private void follow(Listener listener) throws InterruptedException {
        List<Obj> first = awaitFirst();
        proveAtLast();
        first.forEach(o -> tell(listener, new Change(null, o)));
        if (!synced) {
            synced = true;
            tell(listener::synced);
        }
        while (!closed) {
            Change change = take();
            if (change == null) {
                catchUp(listener);
            } else {
                tell(listener, change);
            }
        }
    }

    private void proveAtLast() throws InterruptedException {
        Backoff backoff = new Backoff(RandomGenerator.getDefault());
        while (!closed) {
            try {
                prove();
                return;
            } catch (ApiFault refused) {
                LOG.log(Level.DEBUG, "no view yet resource={0} user={1} error={2}",
                        reflector.resource().qualified(), bearer.user(), refused.getMessage());
                queue.lock();
                try {
                    long left = TimeUnit.MILLISECONDS.toNanos(backoff.next());
                    while (!closed && left > 0) {
                        left = news.awaitNanos(left);
                    }
                } finally {
                    queue.unlock();
                }
            }
        }
    }

    /// What there is to begin with; after a failure nothing, and what was told counts as old.
    private List<Obj> awaitFirst() throws InterruptedException {
        queue.lock();
        try {
            while (present == null && !closed) {
                news.await();
            }
            lost |= begun;
            begun = true;
            List<Obj> first = present == null ? List.of() : present;
            // what is needed of it from now on is in `told`
            present = List.of();
            return first;
        } finally {
            queue.unlock();
        }
    }

    /// The next change; null when some were lost.
    private @Nullable Change take() throws InterruptedException {
        queue.lock();
        try {
            while (pending.isEmpty() && !lost && !closed) {
                news.await();
            }
            return lost || closed ? null : pending.poll();
        } finally {
            queue.unlock();
        }
    }

    private void catchUp(Listener listener) {
        if (closed) {
            return;
        }
        Map<Key, Obj> now = reflector.caughtUp(this);
        List<Obj> gone = told.values().stream().filter(o -> !now.containsKey(o.key())).toList();
        gone.forEach(o -> tell(listener, new Change(o, null)));
        now.values().stream().sorted(Comparator.comparingLong(Obj::revision))
                .filter(o -> !o.equals(told.get(o.key())))
                .forEach(o -> tell(listener, new Change(told.get(o.key()), o)));
    }

    private void tell(Listener listener, Change change) {
        if (change.after() != null) {
            told.put(change.after().key(), change.after());
        } else if (change.before() != null) {
            told.remove(change.before().key());
        }
        tell(() -> listener.changed(change.before(), change.after()));
    }

    private void tell(Runnable call) {
        telling.lock();
        try {
            if (!closed) {
                call.run();
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "listener failed resource=" + reflector.resource().qualified(), e);
        } finally {
            telling.unlock();
        }
    }

    @Override
    public void close() {
        end();
        settle(System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS));
    }

    /// From now on no listener call begins.
    void end() {
        closed = true;
        queue.lock();
        try {
            if (loop != null) {
                loop.close();
            }
            news.signalAll();
        } finally {
            queue.unlock();
        }
        closing.accept(this);
    }

    /// Whether it has been closed.
    boolean ended() {
        return closed;
    }

    /// Waits for a listener call that is under way.
    void settle(long deadline) {
        try {
            if (telling.tryLock(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                telling.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.k3j.clienthttp;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.View;
import io.k3j.clienthttp.RemoteClient.Bearer;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
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

/// One bundle's view of a [Reflector]. Changes wait in a bounded queue for the listener; a listener that falls
/// behind further loses changes and gets the difference instead.
final class RemoteView implements View {
    /// How long a read waits for the first list.
    static final long FIRST_LIST_SECONDS = 10;
    /// How long a close waits for a listener call in progress, and for the watch.
    static final long STOP_SECONDS = 4;
    private static final System.Logger LOG = System.getLogger("io.k3j.clienthttp");
    private static final int MAX_PENDING = 4_096;

    private final Reflector reflector;
    private final Bearer bearer;
    private final Consumer<RemoteView> closing;
    private final ReentrantLock calling = new ReentrantLock();
    private final ReentrantLock queue = new ReentrantLock();
    private final Condition changed = queue.newCondition();
    private final Deque<Change> pending = new ArrayDeque<>();
    private final Map<Key, Obj> delivered = new HashMap<>();
    private @Nullable List<Obj> snapshot;
    private boolean overflowed;
    private boolean authorized;
    private volatile boolean closed;
    private final Health health;
    private @Nullable SupervisedLoop loop;
    private boolean started;
    private boolean synced;

    /// A change of one object; null stands for its absence.
    record Change(@Nullable Obj before, @Nullable Obj after) {
    }

    /// A view under an identity; `closing` runs once at the end.
    RemoteView(Reflector reflector, Bearer bearer, Consumer<RemoteView> closing, Health health) {
        this.health = health;
        this.reflector = reflector;
        this.bearer = bearer;
        this.closing = closing;
    }

    Bearer bearer() {
        return bearer;
    }

    /// Delivers the first snapshot.
    void begin(List<Obj> objects) {
        queue.lock();
        try {
            if (snapshot == null && loop != null) {
                snapshot = objects;
                changed.signalAll();
            }
        } finally {
            queue.unlock();
        }
    }

    /// Queues a change after the first snapshot.
    void offer(Change change) {
        queue.lock();
        try {
            if (snapshot == null || overflowed) {
                return;
            }
            if (pending.size() == MAX_PENDING) {
                overflowed = true;
                pending.clear();
            } else {
                pending.add(change);
            }
            changed.signalAll();
        } finally {
            queue.unlock();
        }
    }

    /// Clears the queue.
    void forget() {
        queue.lock();
        try {
            pending.clear();
            overflowed = false;
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
        authorize();
        return objects;
    }

    /// Checks that this identity may list as well, because another one's list has filled the reflector.
    /// @throws ApiFault 403 when it may not
    private synchronized void authorize() {
        if (!authorized && !reflector.allowed(bearer)) {
            Pages.probe(bearer.connection(), reflector.question());
        }
        authorized = true;
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

    /// Runs again after a failure, and delivers the difference then.
    private void follow(Listener listener) throws InterruptedException {
        List<Obj> first = awaitFirst();
        awaitAuthorized();
        first.forEach(o -> deliver(listener, new Change(null, o)));
        if (!synced) {
            synced = true;
            invoke(listener::synced);
        }
        while (!closed) {
            Change change = take();
            if (change == null) {
                catchUp(listener);
            } else {
                deliver(listener, change);
            }
        }
    }

    private void awaitAuthorized() throws InterruptedException {
        Backoff backoff = new Backoff(RandomGenerator.getDefault());
        while (!closed) {
            try {
                authorize();
                return;
            } catch (ApiFault refused) {
                LOG.log(Level.DEBUG, "No view yet resource={0} user={1} error={2}",
                        reflector.resource().qualified(), bearer.user(), refused.getMessage());
                queue.lock();
                try {
                    long left = TimeUnit.MILLISECONDS.toNanos(backoff.next());
                    while (!closed && left > 0) {
                        left = changed.awaitNanos(left);
                    }
                } finally {
                    queue.unlock();
                }
            }
        }
    }

    /// The first snapshot; empty after a failure, because what was delivered before is known already.
    private List<Obj> awaitFirst() throws InterruptedException {
        queue.lock();
        try {
            while (snapshot == null && !closed) {
                changed.await();
            }
            overflowed |= started;
            started = true;
            List<Obj> first = snapshot == null ? List.of() : snapshot;
            // from now on the delivered objects are in `delivered`
            snapshot = List.of();
            return first;
        } finally {
            queue.unlock();
        }
    }

    /// The next change; null when changes were lost or the view is closed.
    private @Nullable Change take() throws InterruptedException {
        queue.lock();
        try {
            while (pending.isEmpty() && !overflowed && !closed) {
                changed.await();
            }
            return overflowed || closed ? null : pending.poll();
        } finally {
            queue.unlock();
        }
    }

    private void catchUp(Listener listener) {
        if (closed) {
            return;
        }
        Map<Key, Obj> now = reflector.caughtUp(this);
        List<Obj> deleted = delivered.values().stream().filter(o -> !now.containsKey(o.key())).toList();
        deleted.forEach(o -> deliver(listener, new Change(o, null)));
        now.values().stream().sorted(Comparator.comparingLong(Obj::revision))
                .filter(o -> !reflector.same(delivered.get(o.key()), o))
                .forEach(o -> deliver(listener, new Change(delivered.get(o.key()), o)));
    }

    private void deliver(Listener listener, Change change) {
        if (change.after() != null) {
            delivered.put(change.after().key(), change.after());
        } else if (change.before() != null) {
            delivered.remove(change.before().key());
        }
        invoke(() -> View.tell(listener, change.before(), change.after()));
    }

    private void invoke(Runnable call) {
        calling.lock();
        try {
            if (!closed) {
                call.run();
            }
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "View listener failed resource=" + reflector.resource().qualified(), e);
        } finally {
            calling.unlock();
        }
    }

    @Override
    public void close() {
        end();
        awaitCall(System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS));
    }

    /// Prevents further listener calls.
    void end() {
        closed = true;
        queue.lock();
        try {
            if (loop != null) {
                loop.close();
            }
            changed.signalAll();
        } finally {
            queue.unlock();
        }
        closing.accept(this);
    }

    /// Whether the view was closed.
    boolean ended() {
        return closed;
    }

    /// Waits until `deadline` for a listener call in progress, and for the watch if this was its last view.
    void awaitCall(long deadline) {
        try {
            if (calling.tryLock(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                calling.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reflector.awaitEnd(deadline);
    }
}

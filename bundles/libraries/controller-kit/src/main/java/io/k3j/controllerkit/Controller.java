package io.k3j.controllerkit;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.View;
import io.k3j.componentapi.TimeSource;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One controller: views say which keys may need work, [#step] deals with one. No thread inside; several threads
/// may step at once, each key is dealt with by one of them at a time. Set up by one thread (`reads`, `on`), before
/// its views are attached.
public final class Controller {
    /// How soon a key is looked at again whose writes the views do not show yet.
    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);
    /// After so long a key is dealt with all the same: the object may have been changed or deleted by others in a
    /// way that its view will never show. Upstream's expectations expire after five minutes.
    private static final Duration LONGEST_FENCE = Duration.ofSeconds(30);
    /// How many ordinary refusals in a row are nobody's concern: with several writers they pass by themselves.
    private static final int PATIENCE = 5;

    /// What a key's last pass wrote, and how long its being shown is waited for.
    private record Fence(List<ExpectingWriter.Touch> touches, Instant until) {
    }

    private final String name;
    private final ApiClient api;
    private final InstantSource clock;
    private final Reconciler reconciler;
    private final WorkQueue queue;
    private final Map<Gvr, LiveView> views = new LinkedHashMap<>();
    private final Map<Key, Fence> fences = new ConcurrentHashMap<>();
    private final System.Logger log;
    /// What failed last beyond patience; empty again as soon as a key that had failed succeeds.
    private volatile String trouble = "";

    /// A loop that writes through `api`, which carries the controller's identity.
    ///
    /// @param name for log and health
    /// @param reconciler called by the threads that step
    public Controller(String name, ApiClient api, TimeSource time, Reconciler reconciler) {
        this.name = name;
        this.api = api;
        this.clock = time.monotonic();
        this.reconciler = reconciler;
        this.queue = new WorkQueue(time);
        this.log = System.getLogger("io.k3j.controllerkit." + name);
    }

    /// Waits for these views before it begins, and for them to show its own writes. Makes nothing due.
    public Controller reads(LiveView... some) {
        for (LiveView view : some) {
            if (views.put(view.resource(), view) == null) {
                view.listen(new View.Listener() {
                    @Override
                    public void changed(@Nullable Obj before, @Nullable Obj after) {
                        // only the end of the first telling matters here
                    }

                    @Override
                    public void synced() {
                        queue.wake();
                    }
                });
            }
        }
        return this;
    }

    /// Makes the key of every changed object due.
    public Controller on(LiveView view) {
        return on(view, o -> List.of(o.key()));
    }

    /// Makes the keys due that a changed object names, as it was and as it is: an object that leaves its owner
    /// concerns both.
    ///
    /// @param keys called on the view's thread; must be quick and must not block
    public Controller on(LiveView view, Function<Obj, ? extends Collection<Key>> keys) {
        return on(view, Obj::revision, keys);
    }

    /// The same, but for changes of what nobody asks for: most changes of a pod are of its status, in which many loops
    /// look at little.
    ///
    /// @param read what matters of an object, as a value; called on the view's thread, as `keys`
    public Controller on(LiveView view, Function<Obj, ?> read, Function<Obj, ? extends Collection<Key>> keys) {
        reads(view);
        view.listen((before, after) -> {
            if (before != null && after != null && read.apply(before).equals(read.apply(after))) {
                return;
            }
            if (before != null) {
                keys.apply(before).forEach(queue::add);
            }
            if (after != null) {
                keys.apply(after).forEach(queue::add);
            }
        });
        return this;
    }

    /// Makes the controlling owner of every changed object due, when it is of this kind (controller-runtime's
    /// `Owns`).
    public Controller onOwned(LiveView view, String kind) {
        return on(view, o -> Owners.controllerKey(o, kind).map(List::of).orElse(List.of()));
    }

    /// What this loop is called.
    public String name() {
        return name;
    }

    /// Its queue, to add keys from elsewhere: a timer, or another loop.
    public WorkQueue queue() {
        return queue;
    }

    /// Empty, or what goes wrong again and again, in one sentence.
    public String trouble() {
        return trouble;
    }

    /// Whether all its views have told what is present.
    public boolean synced() {
        return views.values().stream().allMatch(LiveView::synced);
    }

    /// Deals with one due key; blocks as long as the reconciler does, and waits for nothing else. Never throws what
    /// the reconciler throws.
    ///
    /// @return false when none is due, or its views have not told everything yet
    public boolean step() {
        if (!synced()) {
            return false;
        }
        Optional<Key> due = queue.take();
        due.ifPresent(this::deal);
        return due.isPresent();
    }

    /// Whatever happens, what was written is waited for and the key is given back.
    private void deal(Key key) {
        ExpectingWriter writer = new ExpectingWriter(api);
        try {
            if (fenced(key)) {
                queue.addAfter(key, LOOK_AGAIN);
                return;
            }
            settle(key, reconciler.reconcile(key, writer));
        } catch (RuntimeException e) {
            failed(key, e);
        } finally {
            if (!writer.touches().isEmpty()) {
                fences.put(key, new Fence(writer.touches(), clock.instant().plus(LONGEST_FENCE)));
            }
            queue.done(key);
        }
    }

    private boolean fenced(Key key) {
        @Nullable
        Fence fence = fences.get(key);
        if (fence == null) {
            return false;
        }
        boolean shown = fence.touches().stream().allMatch(t -> ExpectingWriter.shown(t, views.get(t.resource())));
        if (shown || clock.instant().isAfter(fence.until())) {
            fences.remove(key);
            return false;
        }
        return true;
    }

    /// A key that wants to back off keeps its count of failures.
    private void settle(Key key, Requeue again) {
        Duration after = again.after();
        if (after != null && after.isZero()) {
            queue.retry(key);
            return;
        }
        if (queue.failures(key) > 0) {
            queue.forget(key);
            trouble = "";
        }
        if (after != null) {
            queue.addAfter(key, after);
        }
    }

    /// Told the first times and then every twentieth time, so that one broken object does not fill the log. What cannot
    /// be made because its namespace is going is given up: the end of the namespace makes the key due again, if
    /// anything.
    private void failed(Key key, RuntimeException e) {
        if (e instanceof ApiFault f && f.namespaceTerminating()) {
            log.log(Level.DEBUG, "given up controller=" + name + " key=" + key + " error=" + e.getMessage());
            settle(key, Requeue.NEVER);
            return;
        }
        queue.retry(key);
        boolean ordinary = e instanceof ApiFault f && (f.code() == 404 || f.code() == 409);
        int times = queue.failures(key);
        if (!ordinary || times > PATIENCE) {
            trouble = "controller=" + name + " key=" + key + ": " + e.getMessage();
            Level level = times <= PATIENCE || times % 20 == 0 ? Level.WARNING : Level.DEBUG;
            String what = "failed, will try again controller=" + name + " key=" + key + " times=" + times;
            if (e instanceof ApiFault) {
                log.log(level, what + " error=" + e.getMessage());
            } else {
                log.log(level, what, e);
            }
        }
    }
}

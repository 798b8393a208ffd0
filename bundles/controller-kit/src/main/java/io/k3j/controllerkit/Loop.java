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

/// One controller: views say which keys may need work, [#step] deals with one. No thread inside; several
/// threads may step at once, each key is dealt with by one of them at a time.
public final class Loop {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);
    private static final Duration LONGEST_FENCE = Duration.ofSeconds(5);
    private static final int PATIENCE = 5;

    private record Fence(List<Writer.Touch> touches, Instant until) {
    }

    private final String name;
    private final ApiClient api;
    private final InstantSource clock;
    private final Reconciler reconciler;
    private final WorkQueue queue;
    private final Map<Gvr, LiveView> views = new LinkedHashMap<>();
    private final Map<Key, Fence> fences = new ConcurrentHashMap<>();
    private final System.Logger log;
    private volatile String trouble = "";

    /// A loop that writes through `api`, which carries the controller's identity.
    public Loop(String name, ApiClient api, TimeSource time, Reconciler reconciler) {
        this.name = name;
        this.api = api;
        this.clock = time.monotonic();
        this.reconciler = reconciler;
        this.queue = new WorkQueue(time);
        this.log = System.getLogger("io.k3j.controllerkit." + name);
    }

    /// Waits for this view before it begins, and for this view to show its own writes.
    public Loop reads(LiveView... some) {
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
    public Loop on(LiveView view) {
        return on(view, o -> List.of(o.key()));
    }

    /// Makes the keys due that a changed object names, as it was and as it is.
    public Loop on(LiveView view, Function<Obj, ? extends Collection<Key>> keys) {
        reads(view);
        view.listen((before, after) -> {
            if (before != null) {
                keys.apply(before).forEach(queue::add);
            }
            if (after != null) {
                keys.apply(after).forEach(queue::add);
            }
        });
        return this;
    }

    /// Makes the controlling owner of every changed object due, when it is of this kind.
    public Loop onOwned(LiveView view, String kind) {
        return on(view, o -> Owners.controllerKey(o, kind).map(List::of).orElse(List.of()));
    }

    /// What this loop is called.
    public String name() {
        return name;
    }

    /// Its queue, to add keys from elsewhere.
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

    /// Deals with one due key.
    /// @return false when none is due
    public boolean step() {
        if (!synced()) {
            return false;
        }
        Optional<Key> due = queue.take();
        due.ifPresent(this::deal);
        return due.isPresent();
    }

    private void deal(Key key) {
        Writer writer = new Writer(api);
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
        boolean shown = fence.touches().stream().allMatch(t -> Writer.shown(t, views.get(t.resource())));
        if (shown || clock.instant().isAfter(fence.until())) {
            fences.remove(key);
            return false;
        }
        return true;
    }

    private void settle(Key key, Again again) {
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

    private void failed(Key key, RuntimeException e) {
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

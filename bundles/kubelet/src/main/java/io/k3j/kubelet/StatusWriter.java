package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Writes the status of pods: one queue per pod, of which only the newest wish is written, one at a time. Nobody
/// waits for it, except for a pod's last words. Any thread; the wishes of one pod come from one.
final class StatusWriter {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final int TRIES = 5;
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private final ApiClient api;
    private final CountDownLatch closed;
    private final Map<String, Wish> wishes = new HashMap<>();
    private final Set<String> busy = new HashSet<>();

    /// A status to write; `last` when somebody waits for it.
    private record Wish(Obj pod, Function<Obj, Struct> status, boolean last, CompletableFuture<Optional<Obj>> done) {
    }

    StatusWriter(ApiClient api, CountDownLatch closed) {
        this.api = api;
        this.closed = closed;
    }

    /// Takes a wish: the status a pod should have, given the newest object.
    void offer(Obj pod, Function<Obj, Struct> status) {
        queue(pod, status, false);
    }

    private CompletableFuture<Optional<Obj>> queue(Obj pod, Function<Obj, Struct> status, boolean last) {
        Wish wish = new Wish(pod, status, last, new CompletableFuture<>());
        boolean idle;
        synchronized (this) {
            wishes.put(pod.uid(), wish);
            idle = busy.add(pod.uid());
        }
        if (idle) {
            Thread.ofVirtual().name("status-" + pod.name()).start(() -> drain(pod.uid()));
        }
        return wish.done();
    }

    private void drain(String uid) {
        while (true) {
            Wish wish;
            synchronized (this) {
                wish = closed.getCount() == 0 ? null : wishes.remove(uid);
                if (wish == null) {
                    busy.remove(uid);
                    return;
                }
            }
            try {
                wish.done().complete(put(wish.pod(), wish.status()));
            } catch (RuntimeException e) {
                wish.done().completeExceptionally(e);
                if (!wish.last()) {
                    LOG.log(System.Logger.Level.WARNING, "status of pod={0}: {1}", wish.pod().key(), e.getMessage());
                    again(uid, wish);
                }
            }
        }
    }

    private void again(String uid, Wish wish) {
        try {
            closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            wishes.putIfAbsent(uid, wish);
        }
    }

    /// Writes a status in place of every one that was offered and not written yet, and waits for it.
    /// @return the object as it is then, empty when it is gone or another one of that name
    /// @throws ApiFault when it is not written; it is not tried again
    Optional<Obj> write(Obj pod, Function<Obj, Struct> status) {
        try {
            return queue(pod, status, true).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiFault.unavailable("the kubelet stops");
        }
    }

    private Optional<Obj> put(Obj pod, Function<Obj, Struct> status) {
        Obj base = pod;
        if (Pods.isStatic(pod)) {
            // its mirror carries the status
            Optional<Obj> mirror = References.bound(api, pod);
            if (mirror.isEmpty()) {
                return mirror;
            }
            base = mirror.get();
        }
        String uid = base.uid();
        for (int i = 1;; i++) {
            Struct wanted = status.apply(base);
            if (wanted.equals(base.status())) {
                return Optional.of(base);
            }
            try {
                return Optional.of(api.update(References.PODS, base.with(wanted, "status"), WriteOptions.STATUS));
            } catch (ApiFault e) {
                if (e.code() != 404 && e.code() != 409 || i == TRIES) {
                    throw e;
                }
            }
            Optional<Obj> found = References.bound(api, pod).filter(o -> o.uid().equals(uid));
            if (found.isEmpty()) {
                return found;
            }
            base = found.get();
        }
    }

    /// Takes a pod whose containers have ended out of the API.
    void delete(Obj pod) {
        try {
            api.delete(References.PODS, pod.key(), DeleteOptions.NOW.ifUid(pod.uid()));
        } catch (ApiFault e) {
            if (e.code() != 404 && e.code() != 409) {
                throw e;
            }
        }
    }
}

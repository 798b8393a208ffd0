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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Writes the status of pods: per pod one write at a time and always the newest wish; nobody waits for it,
/// except for a pod's last words.
final class StatusWriter {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final int TRIES = 5;
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private final ApiClient api;
    private final CountDownLatch closed;
    private final Map<String, Wish> wishes = new HashMap<>();
    private final Set<String> busy = new HashSet<>();

    private record Wish(Obj pod, Function<Obj, Struct> status) {
    }

    StatusWriter(ApiClient api, CountDownLatch closed) {
        this.api = api;
        this.closed = closed;
    }

    /// Takes a wish: the status a pod should have, given the newest object.
    void offer(Obj pod, Function<Obj, Struct> status) {
        synchronized (this) {
            wishes.put(pod.uid(), new Wish(pod, status));
            if (!busy.add(pod.uid())) {
                return;
            }
        }
        Thread.ofVirtual().name("status-" + pod.name()).start(() -> drain(pod.uid()));
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
                write(wish.pod(), wish.status());
            } catch (ApiFault e) {
                LOG.log(System.Logger.Level.WARNING, "status of pod={0}: {1}", wish.pod().key(), e.getMessage());
                again(uid, wish);
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

    /// Writes a status now.
    /// @return the object as it is then, empty when it is gone or another one of that name
    Optional<Obj> write(Obj pod, Function<Obj, Struct> status) {
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

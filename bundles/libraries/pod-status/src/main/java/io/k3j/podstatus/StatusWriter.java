package io.k3j.podstatus;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Writes pod statuses asynchronously, one write per pod at a time; a newer status replaces a queued one. Only
/// [#write] waits, for the final status. For any thread; the calls for one pod come from one thread.
public final class StatusWriter {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final int TRIES = 5;
    /// Answers to a copy that is not as the API has it. A status write that changes annotations is forbidden, and
    /// copies have one less where a pod says of itself that it is static (`PodWorkers`).
    private static final Set<Integer> OUTDATED = Set.of(403, 404, 409);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final List<String> CONTAINERS = List.of("initContainerStatuses", "containerStatuses");
    private final ApiClient api;
    private final CountDownLatch closed;
    private final Map<String, Update> updates = new HashMap<>();
    private final Set<String> busy = new HashSet<>();

    /// A status to write; `last` when a caller waits for it.
    private record Update(Obj pod, Function<Obj, Struct> status, boolean last, CompletableFuture<Optional<Obj>> done) {
    }

    /// @param api as the node itself
    /// @param closed reaches zero when the kubelet stops: what is queued then is not written
    public StatusWriter(ApiClient api, CountDownLatch closed) {
        this.api = api;
        this.closed = closed;
    }

    /// Queues a status, computed from the newest object.
    public void offer(Obj pod, Function<Obj, Struct> status) {
        queue(pod, status, false);
    }

    private CompletableFuture<Optional<Obj>> queue(Obj pod, Function<Obj, Struct> status, boolean last) {
        Update update = new Update(pod, status, last, new CompletableFuture<>());
        boolean idle;
        synchronized (this) {
            updates.put(pod.uid(), update);
            idle = busy.add(pod.uid());
        }
        if (idle) {
            Thread.ofVirtual().name("status-" + pod.name()).start(() -> drain(pod.uid()));
        }
        return update.done();
    }

    private void drain(String uid) {
        while (true) {
            Update update;
            synchronized (this) {
                update = closed.getCount() == 0 ? null : updates.remove(uid);
                if (update == null) {
                    busy.remove(uid);
                    return;
                }
            }
            try {
                update.done().complete(put(update.pod(), update.status()));
            } catch (RuntimeException e) {
                update.done().completeExceptionally(e);
                if (!update.last()) {
                    LOG.log(System.Logger.Level.WARNING, "Failed to update status for pod={0} error={1}",
                            update.pod().key(), e.getMessage());
                    requeue(uid, update);
                }
            }
        }
    }

    private void requeue(String uid, Update update) {
        try {
            closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            updates.putIfAbsent(uid, update);
        }
    }

    /// Writes a status in place of any queued one, and waits for it.
    /// @return the updated object; empty when it is gone or has another UID
    /// @throws ApiFault when the write fails; it is not retried
    public Optional<Obj> write(Obj pod, Function<Obj, Struct> status) {
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
        if (PodSpecs.isStatic(pod)) {
            // the status of a static pod is written to its mirror pod
            Optional<Obj> mirror = ReferencedObjects.bound(api, pod);
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
                return Optional
                        .of(api.update(ReferencedObjects.PODS, base.with(wanted, "status"), WriteOptions.STATUS));
            } catch (ApiFault e) {
                if (!OUTDATED.contains(e.code()) || i == TRIES) {
                    throw e;
                }
            }
            Optional<Obj> found = ReferencedObjects.bound(api, pod).filter(o -> o.uid().equals(uid));
            if (found.isEmpty()) {
                return found;
            }
            base = found.get();
        }
    }

    /// A static pod with what the API was told of it by a kubelet before: when it began, and which of its containers
    /// had started and were ready. No more of its mirror counts, into which others may write. Blocks for the API; the
    /// pod as it is while that does not answer, or has no mirror of it.
    public Obj adopted(Obj pod) {
        try {
            return ReferencedObjects.bound(api, pod)
                    .filter(o -> o.annotations().getOrDefault(Labels.CONFIG_MIRROR, "").equals(pod.uid()))
                    .map(o -> pod.with(adopted(o.status()), "status")).orElse(pod);
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Status of static pod={0}: {1}", pod.key(), e.getMessage());
            return pod;
        }
    }

    private static Struct adopted(Struct status) {
        Struct.Builder b = Struct.builder().putUnlessEmpty("startTime", status.text("startTime"));
        for (String list : CONTAINERS) {
            b.putUnlessEmpty(list, Seq.copyOf(status.seq(list).structs().stream()
                    .map(s -> Struct.of("name", s.text("name"), "containerID", s.text("containerID"), "started",
                            s.flag("started"), "ready", s.flag("ready")))
                    .toList()));
        }
        return b.build();
    }

    /// Deletes a pod whose containers have stopped from the API.
    public void delete(Obj pod) {
        try {
            api.delete(ReferencedObjects.PODS, pod.key(), DeleteOptions.NOW.ifUid(pod.uid()));
        } catch (ApiFault e) {
            if (e.code() != 404 && e.code() != 409) {
                throw e;
            }
        }
    }
}

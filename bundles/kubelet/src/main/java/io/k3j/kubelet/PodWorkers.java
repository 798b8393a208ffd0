package io.k3j.kubelet;

import io.k3j.clientapi.View;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.RuntimeEvent;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.Sandbox;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The workers of all pods of this node, by uid: fed by the API's view and by the runtime's events. What runs
/// without an object is ended.
final class PodWorkers implements View.Listener {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Duration SETTLE = Duration.ofMillis(40);
    private static final int MAX_OWNERS = 10_000;
    private static final Duration JOIN = Duration.ofSeconds(3);
    private final Tools tools;
    private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();
    private final Map<String, String> owners = new ConcurrentHashMap<>();
    private final Map<String, Obj> again = new ConcurrentHashMap<>();
    private volatile boolean synced;

    PodWorkers(Tools tools) {
        this.tools = tools;
    }

    @Override
    public void changed(@Nullable Obj before, @Nullable Obj after) {
        if (after != null) {
            if (!after.annotations().containsKey(Labels.CONFIG_MIRROR)) {
                put(after);
            }
        } else if (before != null) {
            remove(before.uid());
        }
    }

    @Override
    public void synced() {
        synced = true;
        orphans();
    }

    /// A pod, new or newer.
    synchronized void put(Obj pod) {
        PodWorker known = workers.get(pod.uid());
        if (Pods.isStatic(pod) && leaving(pod)) {
            // its file was changed or came back: it begins when the former one has ended
            again.put(pod.key().toString(), pod);
        } else if (known != null) {
            known.update(pod);
        } else if (tools.closed().getCount() > 0) {
            begin(pod);
        }
    }

    private PodWorker begin(Obj pod) {
        PodWorker worker = new PodWorker(tools, pod, () -> ended(pod));
        workers.put(pod.uid(), worker);
        return worker.start();
    }

    private boolean leaving(Obj pod) {
        return workers.values().stream().anyMatch(w -> w.leaving() && w.pod().key().equals(pod.key()));
    }

    private synchronized void ended(Obj pod) {
        workers.remove(pod.uid());
        Obj next = again.remove(pod.key().toString());
        if (next != null) {
            put(next);
        }
    }

    /// A pod that is not wanted any more.
    void remove(String uid) {
        again.values().removeIf(p -> p.uid().equals(uid));
        PodWorker worker = workers.get(uid);
        if (worker != null) {
            worker.gone();
        }
    }

    /// All pods, as their workers see them.
    Collection<PodWorker> all() {
        return workers.values();
    }

    /// The worker of a pod.
    Optional<PodWorker> find(String namespace, String name) {
        return workers.values().stream().filter(w -> w.pod().name().equals(name)
                && w.pod().namespace().equals(namespace)).findFirst();
    }

    /// Wakes every worker.
    void wakeAll() {
        workers.values().forEach(PodWorker::wake);
    }

    /// Something happened in the runtime.
    void event(RuntimeEvent event) {
        switch (event.what()) {
            case RESYNC -> {
                wakeAll();
                orphans();
            }
            case EXITED -> owner(event.id()).ifPresent(w -> {
                w.wake();
                settle(w);
            });
            case REMOVED -> {
                owner(event.id()).ifPresent(PodWorker::wake);
                owners.remove(event.id());
            }
            case CREATED, STARTED, IMAGE -> {
                // whoever caused it knows
            }
        }
    }

    /// The runtime tells of an end before its own list shows it.
    private void settle(PodWorker worker) {
        Thread.ofVirtual().name("settle").start(() -> {
            try {
                if (!tools.closed().await(SETTLE.toMillis(), TimeUnit.MILLISECONDS)) {
                    worker.wake();
                }
                if (!tools.closed().await(SETTLE.toMillis() * 5, TimeUnit.MILLISECONDS)) {
                    worker.wake();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private Optional<PodWorker> owner(String id) {
        String uid = owners.get(id);
        if (uid == null) {
            uid = ask(id);
            if (owners.size() >= MAX_OWNERS) {
                owners.clear();
            }
            owners.put(id, uid);
        }
        return Optional.ofNullable(workers.get(uid));
    }

    private String ask(String id) {
        try {
            return tools.runtime().container(id).map(Container::labels)
                    .or(() -> tools.runtime().sandbox(id).map(Sandbox::labels))
                    .map(l -> l.getOrDefault(Labels.POD_UID, "")).orElse("");
        } catch (RuntimeFault e) {
            return "";
        }
    }

    /// Ends whatever runs, or lies about, without an object.
    void orphans() {
        if (!synced) {
            return;
        }
        try {
            Map<String, Map<String, String>> present = new HashMap<>();
            tools.runtime().sandboxes(Map.of()).forEach(s -> present.put(s.labels().getOrDefault(Labels.POD_UID, ""),
                    s.labels()));
            present.remove("");
            present.forEach((uid, labels) -> orphan(uid, labels));
        } catch (RuntimeFault e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot list sandboxes: {0}", e.getMessage());
        }
    }

    private synchronized void orphan(String uid, Map<String, String> labels) {
        if (workers.containsKey(uid) || tools.closed().getCount() == 0) {
            return;
        }
        String name = labels.getOrDefault(Labels.POD_NAME, "");
        LOG.log(System.Logger.Level.INFO, "ending orphan pod={0} uid={1}", name, uid);
        Struct metadata = Struct.of("name", name, "namespace", labels.getOrDefault(Labels.POD_NAMESPACE, ""), "uid",
                uid);
        begin(Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", metadata))).gone();
    }

    /// Whether a pod with this uid is known.
    boolean knows(String uid) {
        return workers.containsKey(uid);
    }

    /// Ends all workers; pods go on.
    void close() {
        workers.values().forEach(PodWorker::close);
        for (PodWorker w : workers.values()) {
            try {
                w.join(JOIN);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}

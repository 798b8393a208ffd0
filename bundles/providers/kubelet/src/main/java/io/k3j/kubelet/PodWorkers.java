package io.k3j.kubelet;

import io.k3j.clientapi.View;
import io.k3j.kubeletserver.PodWorkerMetrics;
import io.k3j.kuberuntime.ContainerOwners;
import io.k3j.kuberuntime.ExitLag;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeEvent;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.Sandbox;
import io.k3j.podallocation.KnownPods;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The workers of all pods of this node by UID, fed by the API's view, files of static pods and the runtime's events.
/// Pods without an object or file are stopped, once it is known what objects or files there are.
final class PodWorkers implements View.Listener, KnownPods {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private final Dependencies tools;
    private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();
    private final ContainerOwners owners;
    private final Map<String, Obj> successors = new ConcurrentHashMap<>();
    /// What the API has of static pods.
    private final Map<Key, Obj> mirrors = new ConcurrentHashMap<>();
    /// New pods by UID until the first list is complete: only then is it known what the node's room is used for.
    private final Map<String, Obj> held = new ConcurrentHashMap<>();
    private volatile boolean synced;
    private volatile boolean staticPodsKnown;

    PodWorkers(Dependencies tools) {
        this.tools = tools;
        this.owners = new ContainerOwners(tools.runtime());
    }

    @Override
    public void changed(@Nullable Obj before, @Nullable Obj after) {
        if (before != null && after != null && !before.uid().equals(after.uid())) {
            // the view did not see the name being given up, as after a lost connection
            remove(before.uid());
        }
        if (after != null) {
            // a pod that runs here is no mirror, whatever somebody wrote into it since
            if (after.annotations().containsKey(Labels.CONFIG_MIRROR) && !knows(after.uid())) {
                mirrors.put(after.key(), after);
            } else {
                mirrors.remove(after.key());
                // no pod of the API is static, whatever it says of itself
                bound(after.without("metadata", "annotations", Labels.CONFIG_SOURCE));
            }
        } else if (before != null) {
            mirrors.remove(before.key());
            remove(before.uid());
        }
    }

    private synchronized void bound(Obj pod) {
        if (synced || knows(pod.uid()) || begun(pod)) {
            put(pod);
        } else {
            held.put(pod.uid(), pod);
        }
    }

    /// Whether a kubelet before this one has started it.
    private static boolean begun(Obj pod) {
        return pod.terminating() || !pod.status().text("phase", "Pending").equals("Pending")
                || !pod.status().seq("containerStatuses").isEmpty();
    }

    @Override
    public void synced() {
        release();
        stopOrphans();
    }

    private synchronized void release() {
        synced = true;
        List<Obj> waiting = List.copyOf(held.values());
        held.clear();
        waiting.forEach(this::put);
    }

    /// Adds a pod or a newer version of one.
    synchronized void put(Obj pod) {
        PodWorker known = workers.get(pod.uid());
        if (PodSpecs.isStatic(pod) && leaving(pod)) {
            // the manifest was changed or restored: the new pod starts when the old one has terminated
            successors.put(pod.key().toString(), pod);
        } else if (known != null) {
            known.update(pod);
        } else if (tools.closed().getCount() > 0) {
            begin(pod).start();
        }
    }

    /// Adds a static pod. What runs of it since before its file was changed, while there was no kubelet, ends first.
    /// @throws RuntimeFault when the runtime does not tell what runs; nothing is added then
    void putStatic(Obj pod) {
        tools.runtime().sandboxes(Map.of(Labels.POD_NAME, pod.name(), Labels.POD_NAMESPACE, pod.namespace())).stream()
                .filter(PodWorkers::isStatic)
                .filter(s -> !s.labels().getOrDefault(Labels.POD_UID, pod.uid()).equals(pod.uid()))
                .forEach(s -> stopOrphan(s.labels().getOrDefault(Labels.POD_UID, ""), s.labels()));
        put(pod);
    }

    /// All static pods whose files were found have workers: what else runs of static pods is nobody's.
    void staticPodsKnown() {
        if (!staticPodsKnown) {
            staticPodsKnown = true;
            stopOrphans();
        }
    }

    /// Mirrors whose static pods are not there any more and have ended: upstream's `deleteOrphanedMirrorPods`. None
    /// while it is not known which static pods there are.
    /// @param named all that are described by files
    List<Obj> orphanedMirrors(Set<Key> named) {
        return staticPodsKnown ? mirrors.values().stream().filter(m -> !named.contains(m.key()) && !leaving(m)).toList()
                : List.of();
    }

    private PodWorker begin(Obj pod) {
        PodWorker worker = new PodWorker(tools, pod, () -> ended(pod));
        workers.put(pod.uid(), worker);
        if (pod.status().text("phase").equals("Running")) {
            // its room is taken before any other is judged
            tools.room().allocate(pod);
        }
        return worker;
    }

    private boolean leaving(Obj pod) {
        return workers.values().stream().anyMatch(w -> w.leaving() && w.pod().key().equals(pod.key()));
    }

    private synchronized void ended(Obj pod) {
        workers.remove(pod.uid());
        Obj next = successors.remove(pod.key().toString());
        if (next != null) {
            put(next);
        }
    }

    /// Terminates a pod that is no longer wanted. Its room and host ports are free at once, as upstream's: the
    /// scheduler, which does not know it any more either, may have bound another pod to them already. Devices and CPUs
    /// of its own are its containers' until these have ended.
    void remove(String uid) {
        successors.values().removeIf(p -> p.uid().equals(uid));
        held.remove(uid);
        PodWorker worker = workers.get(uid);
        if (worker != null) {
            worker.gone();
        }
        tools.release(uid);
    }

    @Override
    public Optional<Set<String>> living() {
        return synced && staticPodsKnown ? Optional.of(Set.copyOf(workers.keySet())) : Optional.empty();
    }

    @Override
    public Collection<PodWorker> all() {
        return workers.values();
    }

    /// The worker of the pod that has a name: while a pod ends whose object is gone, the name may be another's already.
    Optional<PodWorker> find(String namespace, String name) {
        return workers.values().stream().filter(w -> w.pod().name().equals(name)
                && w.pod().namespace().equals(namespace)).min(Comparator.comparing(PodWorker::leaving));
    }

    /// How long workers took.
    PodWorkerMetrics metrics() {
        return tools.metrics();
    }

    /// Wakes every worker.
    void wakeAll() {
        workers.values().forEach(PodWorker::wake);
    }

    /// Handles a runtime event.
    void event(RuntimeEvent event) {
        switch (event.what()) {
            case RESYNC -> {
                wakeAll();
                stopOrphans();
            }
            case EXITED -> owner(event.id()).ifPresent(w -> {
                w.wake();
                wakeUntilShown(w, event.id());
            });
            case REMOVED -> {
                owner(event.id()).ifPresent(PodWorker::wake);
                owners.forget(event.id());
            }
            case CREATED, STARTED, IMAGE -> {
                // caused by the kubelet itself, which knows
            }
        }
    }

    private void wakeUntilShown(PodWorker worker, String id) {
        Thread.ofVirtual().name("settle").start(() -> {
            try {
                ExitLag.settle(tools.closed(), () -> ExitLag.shown(tools.runtime(), id), worker::wake);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private Optional<PodWorker> owner(String id) {
        try {
            return Optional.ofNullable(workers.get(owners.uid(id)));
        } catch (RuntimeFault e) {
            // whose it is shows when they look
            wakeAll();
            return Optional.empty();
        }
    }

    /// Stops pods in the runtime that have no object. Static ones run on until all files were read.
    void stopOrphans() {
        if (!synced) {
            return;
        }
        boolean all = staticPodsKnown;
        try {
            Map<String, Map<String, String>> present = new HashMap<>();
            tools.runtime().sandboxes(Map.of()).stream().filter(s -> all || !isStatic(s))
                    .forEach(s -> present.put(s.labels().getOrDefault(Labels.POD_UID, ""), s.labels()));
            present.remove("");
            present.forEach((uid, labels) -> stopOrphan(uid, labels));
        } catch (RuntimeFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot list sandboxes: {0}", e.getMessage());
        }
    }

    /// Stock kubelets write of pods of the API that they are.
    private static boolean isStatic(Sandbox sandbox) {
        return !sandbox.annotations().getOrDefault(Labels.CONFIG_SOURCE, "api").equals("api");
    }

    private synchronized void stopOrphan(String uid, Map<String, String> labels) {
        if (workers.containsKey(uid) || tools.closed().getCount() == 0) {
            return;
        }
        String name = labels.getOrDefault(Labels.POD_NAME, "");
        LOG.log(System.Logger.Level.INFO, "Killing orphaned pod={0} uid={1}", name, uid);
        Struct metadata = Struct.of("name", name, "namespace", labels.getOrDefault(Labels.POD_NAMESPACE, ""), "uid",
                uid);
        PodWorker worker = begin(Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", metadata)));
        // before its first step, which would take room for it as for a pod that is to run
        worker.gone();
        worker.start();
    }

    /// Whether there is a worker for this UID.
    boolean knows(String uid) {
        return workers.containsKey(uid);
    }

    /// Asks all workers to stop; pods keep running. None begins after the kubelet was closed. [#stop] waits for them.
    synchronized void interrupt() {
        workers.values().forEach(PodWorker::close);
    }

    /// As [#interrupt], and waits for all together.
    void stop(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        interrupt();
        workers.values().forEach(w -> w.stop(Duration.ofNanos(Math.max(0, end - System.nanoTime()))));
    }
}

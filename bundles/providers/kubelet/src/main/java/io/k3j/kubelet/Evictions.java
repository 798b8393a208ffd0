package io.k3j.kubelet;

import io.k3j.cgroups.ContainerResources;
import io.k3j.componenthelpers.Taint;
import io.k3j.componenthelpers.Toleration;
import io.k3j.kubeleteviction.EvictionManager;
import io.k3j.kubeletimages.ImageGarbageCollector;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.podallocation.CriticalPodAdmission;
import io.k3j.podallocation.PodResources;
import io.k3j.podstatus.PodStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;

/// Evicts pods of this node while it is short of something, one after the other, and takes none meanwhile that would
/// make it worse.
final class Evictions implements EvictionManager.Node, CriticalPodAdmission.Node {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// Between two rounds; upstream's `evictionMonitoringPeriod`.
    private static final Duration EVERY = Duration.ofSeconds(10);
    /// How long an evicted pod is waited for, so that what it leaves counts for the next round.
    private static final Duration CLEANUP = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final PodStatus.Waiting PREEMPTED = new PodStatus.Waiting("Preempting",
            "Preempted in order to admit critical pod");
    private final Dependencies tools;
    private final PodWorkers workers;
    private final Summary summary;
    private final ImageGarbageCollector images;
    private final EvictionManager manager;
    private final long memoryOfPods;
    /// Whether it was told that nothing can be seen, since something could be.
    private boolean told;

    /// Where figures come from.
    interface Summary {
        /// The node's summary, of now.
        Struct get() throws InterruptedException;
    }

    /// Of a node whose pods have no limit together.
    Evictions(Dependencies tools, PodWorkers workers, Summary summary, ImageGarbageCollector images) {
        this(tools, workers, summary, images, 0);
    }

    /// @param memoryOfPods bytes that all pods have together; 0 for no limit
    Evictions(Dependencies tools, PodWorkers workers, Summary summary, ImageGarbageCollector images,
            long memoryOfPods) {
        this.memoryOfPods = memoryOfPods;
        this.tools = tools;
        this.workers = workers;
        this.summary = summary;
        this.images = images;
        this.manager = new EvictionManager(tools.options().evictions(), this, tools.clock().monotonic());
    }

    /// The pressures the Node tells. Any thread.
    Set<String> conditions() {
        return manager.conditions();
    }

    /// How many pods were evicted, by signal. Any thread.
    SortedMap<String, Long> counts() {
        return manager.evictions();
    }

    /// Why a pod is not taken now: a node that is short of memory takes none that promise nothing of it, unless they
    /// tolerate its taint; one short of anything else takes critical ones only. Any thread.
    Optional<PodStatus.Waiting> refusal(Obj pod) {
        Set<String> pressures = manager.conditions();
        if (pressures.isEmpty() || EvictionManager.critical(pod)) {
            return Optional.empty();
        }
        boolean memory = pressures.equals(Set.of("MemoryPressure"));
        if (memory && (!ContainerResources.qosClass(pod).equals("BestEffort")
                || Toleration.tolerated(Toleration.of(pod.spec().seq("tolerations")),
                        new Taint("node.kubernetes.io/memory-pressure", "", "NoSchedule")))) {
            return Optional.empty();
        }
        return Optional.of(new PodStatus.Waiting(EvictionManager.REASON,
                "The node had condition: [" + String.join(" ", pressures) + "]. "));
    }

    /// Runs until the kubelet is closed.
    void run() {
        try {
            while (!tools.closed().await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                List<Obj> evicted = round();
                while (!evicted.isEmpty() && awaitEnd(evicted)) {
                    evicted = round();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// One look; a runtime that does not answer is looked at again later.
    List<Obj> round() throws InterruptedException {
        try {
            List<Obj> evicted = manager.synchronize();
            told = false;
            return evicted;
        } catch (RuntimeFault | UncheckedIOException e) {
            LOG.log(told || tools.closed().getCount() == 0 ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Cannot look for what the node is short of error={0}", e.getMessage());
            told = true;
            return List.of();
        }
    }

    /// @return false when the kubelet is closed
    private boolean awaitEnd(List<Obj> evicted) throws InterruptedException {
        for (Duration waited = Duration.ZERO; waited.compareTo(CLEANUP) < 0; waited = waited.plus(LOOK)) {
            if (tools.closed().await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
            if (workers.all().stream().noneMatch(w -> evicted.stream().anyMatch(p -> p.uid().equals(w.pod().uid()))
                    && !w.runtime().running().isEmpty())) {
                return true;
            }
        }
        return true;
    }

    /// With what is left of the memory that all pods have together: the kernel keeps them to a limit, of which no
    /// figures tell.
    @Override
    public Struct summary() throws InterruptedException {
        Struct now = summary.get();
        Seq systems = now.struct("node").seq("systemContainers").mapped(c -> {
            Struct memory = c.struct("memory");
            return memoryOfPods == 0 || !c.text("name").equals("pods") || !memory.has("workingSetBytes") ? c
                    : c.with("memory", memory.with("availableBytes",
                            Math.max(0, memoryOfPods - memory.whole("workingSetBytes", 0))));
        });
        return systems.isEmpty() ? now : now.with("node", now.struct("node").with("systemContainers", systems));
    }

    @Override
    public List<Obj> pods() {
        return workers.all().stream().filter(w -> !w.ending()).map(PodWorker::pod).toList();
    }

    @Override
    public long request(Obj pod, String resource) {
        return PodResources.requests(pod).getOrDefault(resource, 0L);
    }

    @Override
    public boolean separateImages() {
        try {
            return !Files.getFileStore(Path.of(tools.runtime().images().disk().path()))
                    .equals(Files.getFileStore(tools.options().rootDir()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void removeImages() {
        images.removeUnused();
    }

    @Override
    public void evict(Obj pod, Duration grace, String message, boolean disruption) {
        tools.tell(pod, true, EvictionManager.REASON, message);
        workers.all().stream().filter(w -> w.pod().uid().equals(pod.uid())).forEach(w -> w.evict(
                new PodTermination.Eviction(new PodStatus.Waiting(EvictionManager.REASON, message), grace,
                        disruption)));
    }

    /// Its own grace is what it has; its room is free at once, its ports are when it has ended.
    @Override
    public void preempt(Obj pod) {
        tools.tell(pod, true, PREEMPTED.reason(), PREEMPTED.message());
        workers.all().stream().filter(w -> w.pod().uid().equals(pod.uid())).forEach(w -> w.evict(
                new PodTermination.Eviction(PREEMPTED, Duration.ofSeconds(PodSpecs.grace(pod)), true)));
        tools.room().free(pod.uid());
    }

    @Override
    public void told(String reason, String message) {
        tools.warn(reason, message);
    }
}

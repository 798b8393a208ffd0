package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.IndependentSteps;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Deletes pods that no other component deletes: pods of removed nodes, terminating pods that were never scheduled or
/// whose node is out of service, and finished pods above a limit:
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection>.
final class PodGarbageCollector implements Reconciler {
    private static final Duration PERIOD = Duration.ofSeconds(20);
    private static final Duration QUARANTINE = Duration.ofSeconds(40);
    /// Upstream's `--terminated-pod-gc-threshold`.
    static final int MAX_FINISHED = 12_500;
    private static final Key ALL = Key.of("all");
    private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

    private final LiveView pods;
    private final LiveView nodes;
    private final TimeSource clock;
    private final int threshold;
    private final Map<String, Instant> missing = new HashMap<>();

    private PodGarbageCollector(ControllerContext context, int threshold) {
        this.threshold = threshold;
        this.pods = context.views().of(BuiltinResources.PODS);
        this.nodes = context.views().of(BuiltinResources.NODES);
        this.clock = context.clock();
    }

    /// @param threshold how many finished pods stay; below 1 all do, as upstream
    static void add(ControllerContext context, int threshold) {
        PodGarbageCollector all = new PodGarbageCollector(context, threshold);
        Controller loop = context.loop("pod-garbage-collector-controller", "pod-garbage-collector", 1, all).reads(
                all.pods,
                all.nodes);
        loop.queue().add(ALL);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        IndependentSteps attempts = new IndependentSteps();
        if (threshold > 0) {
            deleteFinished(attempts, writer);
        }
        Map<String, Instant> stillMissing = new HashMap<>();
        List<Obj> ended = new ArrayList<>();
        List<Obj> orphaned = new ArrayList<>();
        Instant now = clock.monotonic().instant();
        for (Obj pod : pods.list()) {
            String node = Pods.node(pod);
            if (pod.terminating() && (node.isEmpty() || outOfService(node))) {
                ended.add(pod);
            } else if (!node.isEmpty() && nodes.get(Key.of(node)).isEmpty()) {
                Instant since = missing.getOrDefault(node, now);
                stillMissing.put(node, since);
                if (!now.isBefore(since.plus(QUARANTINE))) {
                    orphaned.add(pod);
                }
            }
        }
        missing.clear();
        missing.putAll(stillMissing);
        attempts.each(ended, pod -> deleteFailed(pod, Struct.EMPTY, writer));
        attempts.each(orphaned, pod -> deleteOrphaned(pod, writer));
        attempts.end();
        return Requeue.after(PERIOD);
    }

    /// Whether somebody has said of a node that is not ready that it is down and stays so: its kubelet will not tell
    /// that a pod has ended.
    private boolean outOfService(String node) {
        return nodes.get(Key.of(node)).filter(n -> !n.spec().seq("taints").find("key", OUT_OF_SERVICE).isEmpty()
                && !Conditions.isTrue(n.status().seq("conditions"), "Ready")).isPresent();
    }

    /// Of those that are more than the threshold the evicted ones, then the oldest.
    private void deleteFinished(IndependentSteps attempts, ExpectingWriter writer) {
        List<Obj> finished = pods.list().stream().filter(Pods::finished).filter(p -> !p.terminating())
                .sorted(Comparator.<Obj>comparingInt(p -> evicted(p) ? 0 : 1)
                        .thenComparing(p -> p.metadata().text("creationTimestamp")).thenComparing(Obj::name))
                .toList();
        attempts.each(finished.subList(0, Math.max(0, finished.size() - threshold)), p -> remove(p, writer));
    }

    private static boolean evicted(Obj pod) {
        return Pods.phase(pod).equals("Failed") && pod.status().text("reason").equals("Evicted");
    }

    private void deleteOrphaned(Obj pod, ExpectingWriter writer) {
        Struct condition = Conditions.of("DisruptionTarget", true, "DeletionByPodGC", "PodGC: node no longer exists")
                .with("observedGeneration", pod.generation());
        Seq next = Conditions.with(pod.status().seq("conditions"), condition, clock.instant());
        deleteFailed(pod, Struct.of("conditions", next), writer);
    }

    /// No kubelet says of it that it has ended, which others wait for, as a Job that replaces failed pods only.
    private static void deleteFailed(Obj pod, Struct more, ExpectingWriter writer) {
        if (!Pods.finished(pod)) {
            fail(pod, more.with("phase", "Failed").with("observedGeneration", pod.generation()), writer);
        }
        remove(pod, writer);
    }

    private static void fail(Obj pod, Struct status, ExpectingWriter writer) {
        try {
            writer.patch(BuiltinResources.PODS, pod.key(), new Patch.Merge(Struct.of("status", status)),
                    WriteOptions.STATUS);
        } catch (ApiFault fault) {
            if (fault.code() != 404) {
                throw fault;
            }
        }
    }

    private static void remove(Obj pod, ExpectingWriter writer) {
        writer.delete(BuiltinResources.PODS, pod, DeleteOptions.NOW);
    }
}

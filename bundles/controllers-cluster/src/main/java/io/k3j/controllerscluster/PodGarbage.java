package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Loop;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Removes pods nobody else will: of nodes that are gone, terminating without ever having had a node, and
/// too many that have ended:
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection>.
final class PodGarbage implements Reconciler {
    private static final Duration PERIOD = Duration.ofSeconds(20);
    private static final Duration QUARANTINE = Duration.ofSeconds(40);
    private static final int MOST_ENDED = 12_500;
    private static final Key ALL = Key.of("all");

    private final LiveView pods;
    private final LiveView nodes;
    private final TimeSource clock;
    private final Map<String, Instant> missing = new HashMap<>();

    private PodGarbage(Desk desk) {
        this.pods = desk.views().of(Resources.PODS);
        this.nodes = desk.views().of(Resources.NODES);
        this.clock = desk.clock();
    }

    static void add(Desk desk) {
        PodGarbage all = new PodGarbage(desk);
        Loop loop = desk.loop("pod-garbage-collector-controller", "pod-garbage-collector", 1, all).reads(all.pods,
                all.nodes);
        loop.queue().add(ALL);
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        List<Obj> ended = pods.list().stream().filter(Pods::finished).filter(p -> !p.terminating())
                .sorted(Comparator.comparing(p -> p.metadata().text("creationTimestamp"))).toList();
        ended.stream().limit(Math.max(0, ended.size() - MOST_ENDED)).forEach(p -> remove(p, writer));
        Map<String, Instant> still = new HashMap<>();
        Instant now = clock.monotonic().instant();
        for (Obj pod : pods.list()) {
            String node = Pods.node(pod);
            if (node.isEmpty()) {
                if (pod.terminating()) {
                    remove(pod, writer);
                }
            } else if (nodes.get(Key.of(node)).isEmpty()) {
                still.put(node, missing.getOrDefault(node, now));
                if (!now.isBefore(still.get(node).plus(QUARANTINE))) {
                    orphaned(pod, writer);
                }
            }
        }
        missing.clear();
        missing.putAll(still);
        return Again.after(PERIOD);
    }

    private void orphaned(Obj pod, Writer writer) {
        Struct condition = Conditions.of("DisruptionTarget", true, "DeletionByPodGC", "PodGC: node no longer exists");
        Seq next = Conditions.with(pod.status().seq("conditions"), condition, clock.instant());
        Struct status = Struct.of("conditions", next);
        status = Pods.finished(pod) ? status : status.with("phase", "Failed");
        try {
            writer.patch(Resources.PODS, pod.key(), new Patch.Merge(Struct.of("status", status)), WriteOptions.STATUS);
        } catch (ApiFault fault) {
            if (fault.code() != 404) {
                throw fault;
            }
        }
        remove(pod, writer);
    }

    private static void remove(Obj pod, Writer writer) {
        writer.delete(Resources.PODS, pod, DeleteOptions.NOW);
    }
}

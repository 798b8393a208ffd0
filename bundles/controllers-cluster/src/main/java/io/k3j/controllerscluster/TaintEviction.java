package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Loop;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Times;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Deletes pods from nodes whose `NoExecute` taints they do not, or no longer, tolerate:
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions>.
final class TaintEviction implements Reconciler {
    private final LiveView nodes;
    private final LiveView pods;
    private final InstantSource clock;
    private final Events events;

    private TaintEviction(Desk desk) {
        this.nodes = desk.views().of(Resources.NODES);
        this.pods = NodeLifecycle.onNodes(desk.views().of(Resources.PODS));
        this.clock = desk.clock();
        this.events = desk.events("taint-eviction-controller", NodeLifecycle.ACCOUNT);
    }

    static void add(Desk desk) {
        TaintEviction all = new TaintEviction(desk);
        Loop loop = desk.loop("taint-eviction-controller", NodeLifecycle.ACCOUNT, 1, all).reads(all.nodes);
        loop.on(all.pods, p -> Pods.node(p).isEmpty() ? List.of() : List.of(p.key()));
        all.nodes.listen((before, after) -> {
            if (after != null && (before == null || !taints(before).equals(taints(after)))) {
                all.pods.by("node", after.name()).forEach(p -> loop.queue().add(p.key()));
            }
        });
    }

    private static List<Struct> taints(Obj node) {
        return node.spec().seq("taints").structs().stream().filter(t -> t.text("effect").equals("NoExecute")).toList();
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> found = pods.get(key).filter(p -> !p.terminating());
        Optional<Obj> node = found.flatMap(p -> nodes.get(Key.of(Pods.node(p))));
        if (node.isEmpty() || taints(node.get()).isEmpty()) {
            return Again.NEVER;
        }
        Obj pod = found.get();
        Optional<Instant> end = end(pod, taints(node.get()));
        if (end.isEmpty()) {
            return Again.NEVER;
        }
        Duration left = Duration.between(clock.instant(), end.get());
        if (left.isPositive()) {
            return Again.after(left);
        }
        evict(pod, writer);
        return Again.NEVER;
    }

    /// When the pod has to leave; empty when it may stay for ever.
    private Optional<Instant> end(Obj pod, List<Struct> taints) {
        Optional<Instant> end = Optional.empty();
        for (Struct taint : taints) {
            Instant since = Times.parse(taint.text("timeAdded")).orElse(clock.instant());
            Optional<Long> seconds = toleratedSeconds(pod.spec().seq("tolerations"), taint);
            if (seconds.isPresent()) {
                Instant until = since.plusSeconds(Math.max(0, seconds.get()));
                end = end.filter(e -> e.isBefore(until)).or(() -> Optional.of(until));
            }
        }
        return end;
    }

    /// How long a taint is tolerated: 0 not at all, empty for ever.
    private static Optional<Long> toleratedSeconds(Seq tolerations, Struct taint) {
        long most = -1;
        for (Struct t : tolerations.structs()) {
            boolean effect = t.text("effect").isEmpty() || t.text("effect").equals("NoExecute");
            boolean key = t.text("key").isEmpty() || t.text("key").equals(taint.text("key"));
            boolean value = t.text("operator").equals("Exists")
                    || !t.text("key").isEmpty() && t.text("value").equals(taint.text("value"));
            if (effect && key && value) {
                if (!t.has("tolerationSeconds")) {
                    return Optional.empty();
                }
                long seconds = t.whole("tolerationSeconds", 0);
                most = most < 0 ? seconds : Math.min(most, seconds);
            }
        }
        return Optional.of(Math.max(0, most));
    }

    private void evict(Obj pod, Writer writer) {
        Struct condition = Conditions.of("DisruptionTarget", true, "DeletionByTaintManager",
                "Taint manager: deleting due to NoExecute taint");
        Seq next = Conditions.with(pod.status().seq("conditions"), condition, clock.instant());
        events.normal(pod, "TaintManagerEviction", "Marking for deletion Pod " + pod.key());
        try {
            writer.patch(Resources.PODS, pod.key(), new Patch.Merge(Struct.of("metadata", Struct.of("uid", pod.uid()),
                    "status", Struct.of("conditions", next))), WriteOptions.STATUS);
        } catch (ApiFault fault) {
            if (fault.code() == 404) {
                return;
            }
            throw fault;
        }
        writer.delete(Resources.PODS, pod);
    }
}

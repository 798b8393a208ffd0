package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.Events;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// Deletes pods from nodes whose `NoExecute` taints they do not, or no longer, tolerate:
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions>. It counts
/// `tolerationSeconds` from when it first saw pod and taint together, as upstream's does, not from the taint's
/// `timeAdded`: a server that was away evicts nobody for the time it could not see.
final class TaintEviction implements Reconciler {
    private final LiveView nodes;
    private final LiveView pods;
    private final TimeSource clock;
    private final Events events;
    /// Since when pods that will have to leave have been known to.
    private final Map<Key, Scheduled> scheduled = new ConcurrentHashMap<>();

    private record Scheduled(String uid, Instant at) {
    }

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
        if (node.isEmpty()) {
            scheduled.remove(key);
            return Again.NEVER;
        }
        Obj pod = found.get();
        List<Struct> taints = taints(node.get());
        OptionalLong tolerated = taints.isEmpty() ? OptionalLong.empty()
                : tolerated(pod.spec().seq("tolerations"), taints);
        if (tolerated.isEmpty()) {
            cancel(pod);
            return Again.NEVER;
        }
        Instant now = clock.monotonic().instant();
        Scheduled since = scheduled.compute(key, (k, s) -> s != null && s.uid().equals(pod.uid()) ? s
                : new Scheduled(pod.uid(), now));
        Duration left = Duration.between(now, since.at().plusSeconds(tolerated.getAsLong()));
        if (left.isPositive()) {
            return Again.after(left);
        }
        evict(pod, writer);
        scheduled.remove(key);
        return Again.NEVER;
    }

    private void cancel(Obj pod) {
        if (scheduled.remove(pod.key()) != null) {
            events.normal(pod, "TaintManagerEviction", "Cancelling deletion of Pod " + pod.key());
        }
    }

    /// For how many seconds all taints are tolerated: 0 when one is not at all, empty for ever. The shortest of all
    /// tolerations that match counts, those without an end only when there is no other.
    private static OptionalLong tolerated(Seq tolerations, List<Struct> taints) {
        OptionalLong least = OptionalLong.empty();
        for (Struct taint : taints) {
            List<Struct> matching = tolerations.structs().stream().filter(t -> matches(t, taint)).toList();
            if (matching.isEmpty()) {
                return OptionalLong.of(0);
            }
            for (Struct toleration : matching) {
                if (toleration.has("tolerationSeconds")) {
                    long seconds = Math.max(0, toleration.whole("tolerationSeconds", 0));
                    least = OptionalLong.of(Math.min(seconds, least.orElse(seconds)));
                }
            }
        }
        return least;
    }

    private static boolean matches(Struct toleration, Struct taint) {
        boolean effect = toleration.text("effect").isEmpty() || toleration.text("effect").equals("NoExecute");
        boolean key = toleration.text("key").isEmpty() || toleration.text("key").equals(taint.text("key"));
        return effect && key && (toleration.text("operator").equals("Exists")
                || toleration.text("value").equals(taint.text("value")));
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

package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.componenthelpers.Taint;
import io.k3j.componenthelpers.Toleration;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Controller;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// Evicts pods from nodes with `NoExecute` taints that they do not, or no longer, tolerate:
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions>. Like
/// upstream, it counts `tolerationSeconds` from when it first saw pod and taint together, not from the taint's
/// `timeAdded`: after an outage no pod is evicted for time that the controller did not see.
final class TaintEviction implements Reconciler {
    /// As upstream: a pod whose deletion hangs, as in a webhook, keeps no other on its node.
    private static final int WORKERS = 8;
    private final LiveView nodes;
    private final LiveView pods;
    private final TimeSource clock;
    private final Events events;
    /// Pods with a scheduled eviction, and since when.
    private final Map<Key, Scheduled> scheduled = new ConcurrentHashMap<>();

    private record Scheduled(String uid, Instant at) {
    }

    private TaintEviction(ControllerContext context) {
        this.nodes = context.views().of(BuiltinResources.NODES);
        this.pods = NodeLifecycle.indexedByNode(context.views().of(BuiltinResources.PODS));
        this.clock = context.clock();
        this.events = context.events("taint-eviction-controller", NodeLifecycle.ACCOUNT);
    }

    static void add(ControllerContext context) {
        TaintEviction all = new TaintEviction(context);
        Controller loop = context.loop("taint-eviction-controller", NodeLifecycle.ACCOUNT, WORKERS, all)
                .reads(all.nodes);
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
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = pods.get(key).filter(p -> !p.terminating());
        Optional<Obj> node = found.flatMap(p -> nodes.get(Key.of(Pods.node(p))));
        if (node.isEmpty()) {
            scheduled.remove(key);
            return Requeue.NEVER;
        }
        Obj pod = found.get();
        OptionalLong tolerated = tolerated(Toleration.of(pod.spec().seq("tolerations")),
                Taint.of(Seq.copyOf(taints(node.get()))));
        if (tolerated.isEmpty()) {
            cancel(pod);
            return Requeue.NEVER;
        }
        Instant now = clock.monotonic().instant();
        Scheduled since = scheduled.compute(key, (k, s) -> s != null && s.uid().equals(pod.uid()) ? s
                : new Scheduled(pod.uid(), now));
        Duration remaining = Duration.between(now, since.at().plusSeconds(tolerated.getAsLong()));
        if (remaining.isPositive()) {
            return Requeue.after(remaining);
        }
        evict(pod, writer);
        scheduled.remove(key);
        return Requeue.NEVER;
    }

    private void cancel(Obj pod) {
        if (scheduled.remove(pod.key()) != null) {
            events.normal(pod, "TaintManagerEviction", "Cancelling deletion of Pod " + pod.key());
        }
    }

    /// The seconds for which all taints are tolerated: 0 when one is not tolerated, empty for no limit. Of each taint
    /// the first toleration that matches it counts, and of all of these the shortest limit (upstream's
    /// `GetMatchingTolerations`).
    private static OptionalLong tolerated(List<Toleration> tolerations, List<Taint> taints) {
        OptionalLong shortest = OptionalLong.empty();
        for (Taint taint : taints) {
            Optional<Toleration> first = tolerations.stream().filter(t -> t.tolerates(taint)).findFirst();
            if (first.isEmpty()) {
                return OptionalLong.of(0);
            }
            OptionalLong limit = first.get().seconds();
            if (limit.isPresent()) {
                shortest = OptionalLong.of(Math.min(limit.getAsLong(), shortest.orElse(limit.getAsLong())));
            }
        }
        return shortest;
    }

    private void evict(Obj pod, ExpectingWriter writer) {
        Struct condition = Conditions.of("DisruptionTarget", true, "DeletionByTaintManager",
                "Taint manager: deleting due to NoExecute taint").with("observedGeneration", pod.generation());
        Seq next = Conditions.with(pod.status().seq("conditions"), condition, clock.instant());
        events.normal(pod, "TaintManagerEviction", "Marking for deletion Pod " + pod.key());
        try {
            writer.patch(BuiltinResources.PODS, pod.key(),
                    new Patch.Strategic(Struct.of("metadata", Struct.of("uid", pod.uid()), "status",
                            Struct.of("conditions", Seq.of(next.find("type", "DisruptionTarget"))))),
                    WriteOptions.STATUS);
        } catch (ApiFault fault) {
            if (fault.code() == 404) {
                return;
            }
            throw fault;
        }
        writer.delete(BuiltinResources.PODS, pod);
    }
}

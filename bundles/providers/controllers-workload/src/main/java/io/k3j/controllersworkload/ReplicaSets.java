package io.k3j.controllersworkload;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerRefs;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.DeletionOrder;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Selected;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps the number of pods of a ReplicaSet or ReplicationController:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/>.
final class ReplicaSets implements Reconciler {
    private final Replicas kind;
    private final LiveView sets;
    private final LiveView pods;
    private final InstantSource clock;
    private final Events events;

    private ReplicaSets(ControllerContext context, Replicas kind) {
        this.kind = kind;
        this.clock = context.clock();
        this.sets = Owners.indexed(context.views().of(kind.resource()));
        this.pods = Owners.indexed(context.views().of(BuiltinResources.PODS));
        this.events = context.events(kind.component(), kind.account());
    }

    static void add(ControllerContext context, Replicas kind) {
        ReplicaSets sets = new ReplicaSets(context, kind);
        context.loop(kind.component(), kind.account(), 5, sets).on(sets.sets).onOwned(sets.pods, kind.kind())
                .on(sets.pods, Selected.orphans(sets.sets, kind::selector));
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = sets.get(key);
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj set = found.get();
        List<Obj> mine = new ControllerRefs(writer, BuiltinResources.PODS, kind.resource(), set, kind.selector(set))
                .of(pods);
        List<Obj> active = mine.stream().filter(Pods::active).toList();
        @Nullable
        ApiFault fault = set.terminating() ? null : manage(set, active, writer);
        boolean ends = fault != null && fault.namespaceTerminating();
        Struct status = status(set, active, mine, ends ? null : fault);
        Obj written = writer.updateStatus(kind.resource(), set, status);
        if (fault != null && !ends) {
            return Requeue.BACK_OFF;
        }
        return written.status().whole("readyReplicas", 0) == written.status().whole("availableReplicas", 0)
                ? Requeue.NEVER : nextAvailable(active, Duration.ofSeconds(set.spec().whole("minReadySeconds", 0)));
    }

    /// When the first of the ready pods that are not available becomes it.
    private Requeue nextAvailable(List<Obj> active, Duration minReady) {
        Instant now = clock.instant();
        return active.stream().filter(Pods::ready).map(p -> minReady.minus(Pods.readyFor(p, now)))
                .filter(Duration::isPositive).map(Requeue::after).reduce(Requeue.NEVER, Requeue::or);
    }

    private static long wanted(Obj set) {
        return set.spec().whole("replicas", 1);
    }

    private @Nullable ApiFault manage(Obj set, List<Obj> active, ExpectingWriter writer) {
        PodControl door = new PodControl(writer, events, set);
        long missing = wanted(set) - active.size();
        try {
            if (missing > 0) {
                Obj pod = PodTemplates.pod(set, set.spec().struct("template"));
                door.create((int) Math.min(missing, PodControl.BURST), i -> pod);
            } else if (missing < 0) {
                List<Obj> order = DeletionOrder.of(active, related(set), clock.instant());
                door.delete(order.subList(0, (int) Math.min(-missing, PodControl.BURST)));
            }
            return null;
        } catch (ApiFault fault) {
            return fault;
        }
    }

    /// The active pods of all sets with the same owner.
    private List<Obj> related(Obj set) {
        List<Obj> siblings = set.controller().map(c -> sets.by(Owners.CONTROLLER, c.text("uid"))).orElse(List.of(set));
        return siblings.stream().flatMap(s -> Owners.controlled(pods, s).stream()).filter(Pods::active).toList();
    }

    private Struct status(Obj set, List<Obj> active, List<Obj> mine, @Nullable ApiFault fault) {
        Instant now = clock.instant();
        Map<String, String> labels = set.spec().struct("template").struct("metadata").struct("labels").texts();
        long minReady = set.spec().whole("minReadySeconds", 0);
        long full = active.stream().filter(p -> p.labels().entrySet().containsAll(labels.entrySet())).count();
        long ready = active.stream().filter(Pods::ready).count();
        long available = active.stream().filter(p -> Pods.available(p, minReady, now)).count();
        long terminating = mine.stream().filter(p -> p.terminating() && !Pods.finished(p)).count();
        Struct.Builder b = Struct.builder().put("replicas", active.size());
        putPositive(b, "fullyLabeledReplicas", full);
        putPositive(b, "readyReplicas", ready);
        putPositive(b, "availableReplicas", available);
        if (kind == Replicas.SETS) {
            b.put("terminatingReplicas", terminating);
        }
        b.put("observedGeneration", set.generation());
        return b.putUnlessEmpty("conditions", conditions(set, active.size(), fault, now)).build();
    }

    private static void putPositive(Struct.Builder b, String field, long count) {
        if (count > 0) {
            b.put(field, count);
        }
    }

    private static Seq conditions(Obj set, int active, @Nullable ApiFault fault, Instant now) {
        Seq old = set.status().seq("conditions");
        if (fault == null) {
            return Conditions.without(old, "ReplicaFailure");
        }
        String reason = active < wanted(set) ? "FailedCreate" : "FailedDelete";
        String message = fault.getMessage() == null ? fault.reason() : fault.getMessage();
        return Conditions.isTrue(old, "ReplicaFailure")
                ? old
                : Conditions.with(old, Conditions.of("ReplicaFailure", true, reason, message), now);
    }
}

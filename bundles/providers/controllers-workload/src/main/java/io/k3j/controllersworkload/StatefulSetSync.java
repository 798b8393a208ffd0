package io.k3j.controllersworkload;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.IntOrPercent;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.SlowStart;
import io.k3j.controllerkit.ControllerRevisions;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One sync of one StatefulSet: at most one pod at a time unless pod management is parallel.
final class StatefulSetSync {
    private final ExpectingWriter writer;
    private final Events events;
    private final StatefulClaims claims;
    private final Instant now;
    private final Obj set;
    private final Obj current;
    private final Obj update;
    private final TreeMap<Long, Obj> replicas = new TreeMap<>();
    private final List<Obj> condemned = new ArrayList<>();
    private final List<Obj> created = Collections.synchronizedList(new ArrayList<>());
    private final boolean ordered;
    private final boolean several;

    /// @param current the current revision, `update` the target one
    StatefulSetSync(Tools tools, Obj set, Obj current, Obj update, List<Obj> pods) {
        this.writer = tools.writer();
        this.events = tools.events();
        this.claims = new StatefulClaims(tools.writer(), tools.events(), tools.claims(), set);
        this.now = tools.now();
        this.set = set;
        this.current = current;
        this.update = update;
        this.several = tools.several();
        this.ordered = !set.spec().text("podManagementPolicy").equals("Parallel");
        for (Obj pod : pods) {
            long ordinal = StatefulPods.ordinal(set, pod);
            if (StatefulPods.wanted(set, pod)) {
                replicas.put(ordinal, pod);
            } else if (ordinal >= 0) {
                condemned.add(pod);
            }
        }
        condemned.sort(Comparator.comparingLong((Obj p) -> StatefulPods.ordinal(set, p)).reversed());
    }

    /// The dependencies of a sync.
    /// @param several whether `maxUnavailable` counts in a rolling update; if not, it is as 1 (upstream's gate
    /// `MaxUnavailableStatefulSet`)
    record Tools(ExpectingWriter writer, Events events, LiveView claims, Instant now, boolean several) {
    }

    /// Runs the sync.
    void run() {
        try {
            if (!set.terminating() && scaleUp() && scaleDown()) {
                rollingUpdate();
            }
        } finally {
            writeStatus();
        }
    }

    /// Creates and replaces pods in order of their ordinals.
    /// @return whether the sync may continue with scaling down
    private boolean scaleUp() {
        long first = StatefulPods.start(set);
        List<Long> missing = new ArrayList<>();
        for (long ordinal = first; ordinal < first + StatefulPods.replicas(set); ordinal++) {
            Obj pod = replicas.get(ordinal);
            if (pod == null) {
                if (ordered) {
                    create(ordinal);
                    return false;
                }
                missing.add(ordinal);
            } else if (Pods.finished(pod) && !pod.terminating()) {
                delete(pod);
                if (ordered) {
                    return false;
                }
            } else if (!keep(pod)) {
                return false;
            }
        }
        SlowStart.run(missing.size(), i -> create(missing.get(i)));
        return true;
    }

    /// Sees to the claims of a pod that stays; to those of a pending one also when they are missing, since it may be
    /// pending for them.
    /// @return whether the sync may continue with the next pod
    private boolean keep(Obj pod) {
        if (StatefulPods.pending(pod)) {
            claims.complete(pod);
        } else if (ordered && !available(pod)) {
            return false;
        }
        claims.settle(pod);
        if (ordered && !available(pod)) {
            return false;
        }
        identify(pod);
        return true;
    }

    /// Gives back to a pod the labels that tell which one it is, by which a Service finds it.
    private void identify(Obj pod) {
        if (pod.name().equals(pod.labels().get(StatefulPods.NAME))) {
            return;
        }
        try {
            writer.update(BuiltinResources.PODS, StatefulPods.identified(set, pod));
            events.normal(set, "SuccessfulUpdate",
                    "update Pod " + pod.name() + " in StatefulSet " + set.name() + " successful");
        } catch (ApiFault fault) {
            events.warning(set, "FailedUpdate", "update Pod " + pod.name() + " in StatefulSet " + set.name()
                    + " failed error: " + fault.getMessage());
            throw fault;
        }
    }

    private boolean available(Obj pod) {
        return StatefulPods.healthy(pod) && Pods.available(pod, set.spec().whole("minReadySeconds", 0), now);
    }

    /// Deletes pods above the replica count, from the highest ordinal down; in order only while the remaining ones
    /// are healthy.
    private boolean scaleDown() {
        condemned.forEach(claims::settle);
        if (!ordered) {
            List<Obj> staying = condemned.stream().filter(p -> !p.terminating()).toList();
            SlowStart.run(staying.size(), i -> delete(staying.get(i)));
            return true;
        }
        if (condemned.isEmpty()) {
            return true;
        }
        Obj pod = condemned.getFirst();
        if (!pod.terminating() && (running(pod) || pod == firstUnavailable())) {
            delete(pod);
        }
        return false;
    }

    /// The unavailable pod of the lowest ordinal, the only unavailable one that may be deleted.
    private @Nullable Obj firstUnavailable() {
        return Stream.concat(replicas.values().stream(), condemned.reversed().stream())
                .filter(p -> !available(p)).findFirst().orElse(null);
    }

    private boolean running(Obj pod) {
        return Pods.phase(pod).equals("Running")
                && Pods.available(pod, set.spec().whole("minReadySeconds", 0), now);
    }

    /// Deletes pods of older revisions, from the highest ordinal down to the partition: one at a time, whatever is the
    /// matter with it, and the next one when those above are available.
    private void rollingUpdate() {
        Struct strategy = set.spec().struct("updateStrategy");
        if (strategy.text("type").equals("OnDelete")) {
            return;
        }
        Struct rules = strategy.struct("rollingUpdate");
        long first = StatefulPods.start(set) + rules.whole("partition", 0);
        if (several) {
            roll(replicas.tailMap(first, true).descendingMap().values(), rules.get("maxUnavailable"));
            return;
        }
        for (long ordinal = StatefulPods.start(set) + StatefulPods.replicas(set) - 1; ordinal >= first; ordinal--) {
            Obj pod = replicas.get(ordinal);
            if (pod != null && outdated(pod)) {
                delete(pod);
                return;
            }
            if (pod == null || !available(pod)) {
                return;
            }
        }
    }

    /// Deletes as many as `maxUnavailable` has left, with parallel pod management also those that are unavailable
    /// anyway: none becomes available by waiting for it.
    private void roll(Collection<Obj> pods, @Nullable Object maxUnavailable) {
        Object asked = maxUnavailable == null ? 1L : maxUnavailable;
        long most = Math.max(1, IntOrPercent.resolve(asked, StatefulPods.replicas(set), false));
        // one that is not there, or was made in this pass, is as unavailable as one that is not ready
        long room = most - (StatefulPods.replicas(set) - replicas.values().stream().filter(this::available).count());
        for (Obj pod : pods) {
            boolean available = available(pod);
            if (outdated(pod) && (available ? room > 0 : !ordered)) {
                room -= available ? 1 : 0;
                delete(pod);
            }
        }
    }

    private boolean outdated(Obj pod) {
        return !pod.terminating() && !revision(pod).equals(update.name());
    }

    private static String revision(Obj pod) {
        return pod.labels().getOrDefault(ControllerRevisions.LABEL, "");
    }

    private void create(long ordinal) {
        long partition = set.spec().struct("updateStrategy").struct("rollingUpdate").whole("partition", 0);
        Obj pod = StatefulPods.pod(set, ordinal, ordinal < StatefulPods.start(set) + partition ? current : update);
        if (claims.goingWithFormerPod(pod)) {
            return;
        }
        Obj made;
        try {
            Optional<String> leaving = claims.complete(pod);
            if (leaving.isPresent()) {
                failed(pod, "pvc " + leaving.get() + " is being deleted");
                return;
            }
            made = writer.create(BuiltinResources.PODS, pod);
            created.add(made);
            events.normal(set, "SuccessfulCreate",
                    "create Pod " + pod.name() + " in StatefulSet " + set.name() + " successful");
        } catch (ApiFault fault) {
            if (!fault.namespaceTerminating() && !fault.reason().equals("AlreadyExists")) {
                failed(pod, fault.getMessage());
            }
            throw fault;
        }
        claims.settle(made);
    }

    /// What has to go first makes the set due again when it has.
    private void failed(Obj pod, @Nullable String why) {
        events.warning(set, "FailedCreate",
                "create Pod " + pod.name() + " in StatefulSet " + set.name() + " failed error: " + why);
    }

    private void delete(Obj pod) {
        String what = "delete Pod " + pod.name() + " in StatefulSet " + set.name();
        try {
            if (writer.delete(BuiltinResources.PODS, pod)) {
                events.normal(set, "SuccessfulDelete", what + " successful");
            }
        } catch (ApiFault fault) {
            events.warning(set, "FailedDelete", what + " failed error: " + fault.getMessage());
            throw fault;
        }
    }

    private void writeStatus() {
        List<Obj> all = new ArrayList<>(replicas.values());
        all.addAll(condemned);
        all.addAll(created);
        long ready = all.stream().filter(p -> Pods.phase(p).equals("Running") && Pods.ready(p)).count();
        long available = all.stream().filter(this::available).count();
        long updated = all.stream().filter(p -> !p.terminating() && revision(p).equals(update.name())).count();
        long old = all.stream().filter(p -> !p.terminating() && revision(p).equals(current.name())).count();
        boolean rolls = !set.spec().struct("updateStrategy").text("type").equals("OnDelete");
        boolean complete = rolls && updated == all.size() && ready == all.size()
                && all.size() == StatefulPods.replicas(set);
        Struct.Builder b = Struct.builder().put("observedGeneration", set.generation()).put("replicas", all.size());
        positive(b, "readyReplicas", ready);
        positive(b, "currentReplicas", complete ? updated : old);
        positive(b, "updatedReplicas", updated);
        b.put("availableReplicas", available).put("currentRevision", (complete ? update : current).name())
                .put("updateRevision", update.name()).put("collisionCount", set.status().whole("collisionCount", 0))
                // not of this controller, which writes none: whoever wrote them keeps them
                .putUnlessEmpty("conditions", set.status().get("conditions"));
        writer.updateStatus(BuiltinResources.STATEFUL_SETS, set, b.build());
    }

    private static void positive(Struct.Builder b, String field, long count) {
        if (count > 0) {
            b.put(field, count);
        }
    }
}

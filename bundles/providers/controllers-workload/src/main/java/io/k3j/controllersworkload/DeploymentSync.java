package io.k3j.controllersworkload;

import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;

/// One sync of one Deployment: at most one step of its rollout, then its status.
final class DeploymentSync {
    private final ExpectingWriter writer;
    private final Events events;
    private final Instant now;
    private final LiveView pods;
    private Rollout rollout;
    private Struct storedStatus;

    DeploymentSync(ExpectingWriter writer, Events events, InstantSource clock, LiveView pods, Rollout rollout) {
        this.writer = writer;
        this.events = events;
        this.now = clock.instant();
        this.pods = pods;
        this.rollout = rollout;
        this.storedStatus = rollout.deployment().status();
    }

    /// Runs the sync.
    /// @return the updated deployment
    Obj run() {
        if (rollout.deployment().terminating()) {
            return writeStatus(DeploymentStatus.counted(rollout, now));
        }
        markPaused();
        if (rollout.deployment().spec().flag("paused") || rollout.resized()) {
            return scaleOnly();
        }
        return rollout.rolling() ? roll() : recreate();
    }

    private Obj roll() {
        ensureNewReplicaSet(true);
        if (scaleNewReplicaSet() || scaleDownOld(Scaling.shrunk(rollout))) {
            return writeStatus(DeploymentStatus.progressed(rollout, now));
        }
        return finished();
    }

    private Obj recreate() {
        ensureNewReplicaSet(false);
        List<Scaling.Size> gone = rollout.old().stream().filter(s -> Rollout.replicas(s) > 0)
                .map(s -> new Scaling.Size(s, 0)).toList();
        if (scaleDownOld(gone) || oldPodsRun()) {
            return writeStatus(DeploymentStatus.progressed(rollout, now));
        }
        ensureNewReplicaSet(true);
        scaleNewReplicaSet();
        return finished();
    }

    private Obj finished() {
        if (DeploymentStatus.complete(rollout.deployment(), rollout.deployment().status())) {
            cleanUp();
        }
        return writeStatus(DeploymentStatus.progressed(rollout, now));
    }

    private boolean oldPodsRun() {
        return Rollout.statusSum(rollout.old(), "replicas") > 0 || rollout.old().stream()
                .flatMap(s -> Owners.controlled(pods, s).stream()).anyMatch(p -> !Pods.finished(p));
    }

    private void ensureNewReplicaSet(boolean create) {
        NewReplicaSet found = new NewReplicaSet(writer, events, now);
        rollout = found.in(rollout, create);
    }

    private boolean scaleNewReplicaSet() {
        Obj newSet = rollout.newSet();
        if (newSet == null || Rollout.replicas(newSet) == rollout.wanted()) {
            return false;
        }
        long size = Rollout.replicas(newSet) > rollout.wanted() ? rollout.wanted() : rollout.newReplicas();
        return size(newSet, size);
    }

    private boolean scaleDownOld(List<Scaling.Size> sizes) {
        boolean some = false;
        for (Scaling.Size s : sizes) {
            some |= size(s.set(), s.replicas());
        }
        return some;
    }

    private Obj scaleOnly() {
        ensureNewReplicaSet(false);
        scale();
        if (rollout.deployment().spec().flag("paused")) {
            cleanUp();
        }
        return writeStatus(DeploymentStatus.counted(rollout, now));
    }

    private void scale() {
        if (rollout.onlyActiveOrLatest().isPresent()) {
            Obj one = rollout.onlyActiveOrLatest().get();
            if (Rollout.replicas(one) != rollout.wanted()) {
                size(one, rollout.wanted());
            } else {
                annotate(one);
            }
        } else if (rollout.saturated()) {
            rollout.old().stream().filter(s -> Rollout.replicas(s) > 0).forEach(s -> size(s, 0));
        } else if (rollout.rolling()) {
            for (Scaling.Size s : Scaling.proportional(rollout)) {
                if (s.replicas() == Rollout.replicas(s.set())) {
                    annotate(s.set());
                } else {
                    size(s.set(), s.replicas());
                }
            }
        }
    }

    private void annotate(Obj set) {
        Obj sized = NewReplicaSet.withReplicasAnnotations(rollout, set);
        if (!sized.equals(set)) {
            replace(writer.update(BuiltinResources.REPLICA_SETS, sized));
        }
    }

    private boolean size(Obj set, long replicas) {
        long before = Rollout.replicas(set);
        Obj wanted = NewReplicaSet.withReplicasAnnotations(rollout, set).with(replicas, "spec", "replicas");
        if (wanted.equals(set)) {
            return false;
        }
        replace(writer.update(BuiltinResources.REPLICA_SETS, wanted));
        if (before != replicas) {
            events.normal(rollout.deployment(), "ScalingReplicaSet", "Scaled " + (before < replicas ? "up" : "down")
                    + " replica set " + set.name() + " from " + before + " to " + replicas);
        }
        return before != replicas;
    }

    private void replace(Obj set) {
        Obj newSet = rollout.newSet();
        rollout = newSet != null && newSet.uid().equals(set.uid())
                ? rollout.with(set)
                : new Rollout(rollout.deployment(), newSet,
                        rollout.old().stream().map(o -> o.uid().equals(set.uid()) ? set : o).toList());
    }

    private void cleanUp() {
        long keep = rollout.deployment().spec().whole("revisionHistoryLimit", 10);
        List<Obj> alive = rollout.old().stream().filter(s -> !s.terminating())
                .sorted(Comparator.comparingLong(Rollout::revision).thenComparing(Rollout.OLDEST_FIRST)).toList();
        alive.stream().limit(Math.max(0, alive.size() - keep))
                .filter(s -> s.status().whole("replicas", 0) == 0 && Rollout.replicas(s) == 0
                        && s.generation() <= s.status().whole("observedGeneration", 0))
                .forEach(s -> writer.delete(BuiltinResources.REPLICA_SETS, s));
    }

    private void markPaused() {
        Obj deployment = rollout.deployment();
        Struct known = deployment.status().seq("conditions").find("type", DeploymentStatus.PROGRESSING);
        boolean paused = deployment.spec().flag("paused");
        boolean marked = known.text("reason").equals("DeploymentPaused");
        if (!DeploymentStatus.hasDeadline(deployment) || known.text("reason").equals(DeploymentStatus.TIMED_OUT)
                || paused == marked) {
            return;
        }
        Struct condition = Struct.of("type", DeploymentStatus.PROGRESSING, "status", "Unknown", "reason",
                paused ? "DeploymentPaused" : "DeploymentResumed", "message",
                paused ? "Deployment is paused" : "Deployment is resumed");
        Seq conditions = DeploymentStatus.with(deployment.status().seq("conditions"), condition, now);
        Obj marking = writer.updateStatus(BuiltinResources.DEPLOYMENTS,
                deployment.with(conditions, "status", "conditions"));
        storedStatus = marking.status();
        rollout = new Rollout(marking, rollout.newSet(), rollout.old());
    }

    private Obj writeStatus(Struct status) {
        Obj deployment = rollout.deployment().with(status, "status");
        return status.equals(storedStatus) ? deployment : writer.updateStatus(BuiltinResources.DEPLOYMENTS, deployment);
    }
}

package io.k3j.controllersworkload;

import io.k3j.controllerkit.IntOrPercent;
import io.k3j.controllerkit.TemplateHash;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A Deployment and its ReplicaSets, with the limits of a rolling update. Pure.
///
/// @param deployment the deployment
/// @param newSet the ReplicaSet with the current template, null when there is none
/// @param old all other ReplicaSets, oldest first
record Rollout(Obj deployment, @Nullable Obj newSet, List<Obj> old) {
    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
    static final String MAXIMUM = "deployment.kubernetes.io/max-replicas";
    static final Comparator<Obj> OLDEST_FIRST = Comparator
            .<Obj, String>comparing(o -> o.metadata().text("creationTimestamp")).thenComparing(Obj::name);

    /// Splits all ReplicaSets of a deployment.
    static Rollout of(Obj deployment, List<Obj> sets) {
        Struct wanted = template(deployment);
        List<Obj> sorted = sets.stream().sorted(OLDEST_FIRST).toList();
        Optional<Obj> newSet = sorted.stream().filter(s -> template(s).equals(wanted)).findFirst();
        return new Rollout(deployment, newSet.orElse(null),
                sorted.stream().filter(s -> newSet.isEmpty() || !s.uid().equals(newSet.get().uid())).toList());
    }

    /// A copy with a changed new ReplicaSet.
    Rollout with(Obj newSet) {
        return new Rollout(deployment, newSet, old);
    }

    /// The template without the label `pod-template-hash`.
    static Struct template(Obj owner) {
        return owner.spec().struct("template").withoutAt("metadata", "labels", TemplateHash.LABEL);
    }

    static long replicas(Obj owner) {
        return owner.spec().whole("replicas", 1);
    }

    static long sum(List<Obj> sets) {
        return sets.stream().mapToLong(Rollout::replicas).sum();
    }

    static long statusSum(List<Obj> sets, String field) {
        return sets.stream().mapToLong(s -> s.status().whole(field, 0)).sum();
    }

    List<Obj> all() {
        List<Obj> all = new ArrayList<>(old);
        if (newSet != null) {
            all.add(newSet);
        }
        return all;
    }

    long wanted() {
        return replicas(deployment);
    }

    boolean rolling() {
        return !deployment.spec().struct("strategy").text("type").equals("Recreate");
    }

    private Struct rules() {
        return deployment.spec().struct("strategy").struct("rollingUpdate");
    }

    private int surgeAsked() {
        return IntOrPercent.resolve(rules().has("maxSurge") ? rules().get("maxSurge") : "25%", wanted(), true);
    }

    long maxSurge() {
        return rolling() ? surgeAsked() : 0;
    }

    long maxUnavailable() {
        if (!rolling() || wanted() == 0) {
            return 0;
        }
        Object asked = rules().has("maxUnavailable") ? rules().get("maxUnavailable") : "25%";
        int most = IntOrPercent.resolve(asked, wanted(), false);
        return Math.min(wanted(), most == 0 && surgeAsked() == 0 ? 1 : most);
    }

    /// The next size of the new ReplicaSet.
    long newReplicas() {
        if (!rolling()) {
            return wanted();
        }
        long now = newSet == null ? 0 : replicas(newSet);
        long most = wanted() + maxSurge();
        long all = sum(all());
        return all >= most ? now : now + Math.min(most - all, wanted() - now);
    }

    /// Whether the deployment was scaled since its ReplicaSets were last sized.
    boolean resized() {
        return all().stream().filter(s -> replicas(s) > 0)
                .anyMatch(s -> annotation(s, DESIRED).map(d -> d != wanted()).orElse(false));
    }

    /// Whether the new ReplicaSet has all desired pods, all of them available.
    boolean saturated() {
        return newSet != null && replicas(newSet) == wanted() && annotation(newSet, DESIRED).orElse(-1L) == wanted()
                && newSet.status().whole("availableReplicas", 0) == wanted();
    }

    /// The only ReplicaSet with pods, or the newest when none has any; empty when several have.
    Optional<Obj> onlyActiveOrLatest() {
        List<Obj> active = all().stream().filter(s -> replicas(s) > 0).toList();
        if (active.size() == 1) {
            return Optional.of(active.getFirst());
        }
        if (!active.isEmpty()) {
            return Optional.empty();
        }
        return newSet != null ? Optional.of(newSet) : old.isEmpty() ? Optional.empty() : Optional.of(old.getLast());
    }

    /// The number in an annotation, empty without a readable one.
    static Optional<Long> annotation(Obj object, String name) {
        try {
            return Optional.ofNullable(object.annotations().get(name)).map(Long::parseLong);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    static long revision(Obj object) {
        return annotation(object, REVISION).orElse(0L);
    }
}

package io.k3j.controllersworkload;

import io.k3j.controllerkit.IntOrPercent;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.ControllerRevisions;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The next changes of a DaemonSet. Pure.
///
/// @param create the nodes that need a pod
/// @param delete the pods to delete
/// @param status the current status
record DaemonPlan(List<String> create, List<Obj> delete, Struct status) {
    /// The annotation with the number of a DaemonSet's template.
    static final String GENERATION = "deprecated.daemonset.template.generation";
    /// The label of pods with the same.
    static final String POD_GENERATION = "pod-template-generation";

    /// Builds the plan node by node.
    private static final class Draft {
        private final Obj set;
        private final Predicate<Obj> updated;
        private final Instant now;
        private final List<String> create = new ArrayList<>();
        private final List<Obj> delete = new ArrayList<>();
        private final Map<String, Integer> counts = new HashMap<>();
        private final List<Obj> outdated = new ArrayList<>();
        private final Optional<DaemonSurge> surge;
        private final Predicate<String> rests;

        Draft(Obj set, Predicate<Obj> updated, Instant now, Predicate<String> rests) {
            this.rests = rests;
            this.set = set;
            this.updated = updated;
            this.now = now;
            this.surge = DaemonSurge.allowed(set) ? Optional.of(new DaemonSurge(set, updated, now)) : Optional.empty();
        }

        void node(Obj node, List<Obj> pods) {
            DaemonNodes.Fit fit = DaemonNodes.fit(set.spec().struct("template"), node);
            List<Obj> running = new ArrayList<>();
            for (Obj pod : pods) {
                if (Pods.finished(pod) && !pod.terminating() && fit.stay()) {
                    if (!Pods.phase(pod).equals("Failed") || !rests.test(node.name())) {
                        delete.add(pod);
                    }
                } else if (Pods.active(pod)) {
                    running.add(pod);
                }
            }
            if (fit.run()) {
                count("desired", 1);
            }
            if (!fit.stay()) {
                delete.addAll(running);
            } else {
                wanted(node, fit, pods, running);
            }
            count(!pods.isEmpty() && fit.run() ? "current" : "", 1);
            count(!pods.isEmpty() && !fit.run() ? "misscheduled" : "", 1);
        }

        private void wanted(Obj node, DaemonNodes.Fit fit, List<Obj> pods, List<Obj> running) {
            if (pods.stream().noneMatch(p -> Pods.active(p) || p.terminating()) && fit.run()) {
                // the next one comes when the one that has ended has gone
                if (pods.isEmpty()) {
                    create.add(node.name());
                }
                return;
            }
            running.sort(Comparator.<Obj, String>comparing(p -> p.metadata().text("creationTimestamp"))
                    .thenComparing(Obj::name));
            if (surge.isPresent()) {
                surge.get().node(node.name(), fit.run(), running, create, delete);
            } else if (running.size() > 1) {
                delete.addAll(running.subList(1, running.size()));
            }
            if (!running.isEmpty()) {
                tally(running.getFirst(), fit.run());
            }
        }

        /// Where no pod should run any more, but may stay, an old one goes with the others, and none comes.
        private void tally(Obj pod, boolean desired) {
            long minReady = set.spec().whole("minReadySeconds", 0);
            count(desired && Pods.ready(pod) ? "ready" : "", 1);
            count(desired && Pods.available(pod, minReady, now) ? "available" : "", 1);
            count(desired && updated.test(pod) ? "updated" : "", 1);
            if (!updated.test(pod)) {
                outdated.add(pod);
            }
        }

        private void count(String what, int by) {
            counts.merge(what, by, Integer::sum);
        }

        private int of(String what) {
            return counts.getOrDefault(what, 0);
        }

        /// Deletes outdated pods within `maxUnavailable`, unavailable pods first, unless the set surges.
        void roll() {
            if (surge.isPresent()) {
                surge.get().roll(of("desired"), create, delete);
                return;
            }
            Struct strategy = set.spec().struct("updateStrategy");
            if (strategy.text("type").equals("OnDelete")) {
                return;
            }
            Struct rules = strategy.struct("rollingUpdate");
            Object asked = rules.has("maxUnavailable") ? rules.get("maxUnavailable") : 1L;
            int most = Math.max(1, IntOrPercent.resolve(asked, of("desired"), true));
            int room = most - (of("desired") - of("available"));
            long minReady = set.spec().whole("minReadySeconds", 0);
            for (Obj pod : outdated) {
                if (!Pods.available(pod, minReady, now)) {
                    delete.add(pod);
                } else if (room > 0) {
                    delete.add(pod);
                    room--;
                }
            }
        }

        Struct status() {
            Struct.Builder b = Struct.builder().put("currentNumberScheduled", of("current"))
                    .put("numberMisscheduled", of("misscheduled")).put("desiredNumberScheduled", of("desired"))
                    .put("numberReady", of("ready")).put("observedGeneration", set.generation());
            positive(b, "updatedNumberScheduled", of("updated"));
            positive(b, "numberAvailable", of("available"));
            positive(b, "numberUnavailable", of("desired") - of("available"));
            if (set.status().has("collisionCount")) {
                b.put("collisionCount", set.status().get("collisionCount"));
            }
            // not of this controller, which writes none: whoever wrote them keeps them
            return b.putUnlessEmpty("conditions", set.status().get("conditions")).build();
        }

        private static void positive(Struct.Builder b, String field, int count) {
            if (count > 0) {
                b.put(field, count);
            }
        }
    }

    /// Whether a pod is of the current template, by its revision or by the number that the API server gives the
    /// template: the revision may be another one only because another release wrote it.
    private static Predicate<Obj> updated(Obj set, String hash) {
        String number = set.annotations().getOrDefault(GENERATION, "");
        return pod -> hash.equals(pod.labels().get(ControllerRevisions.LABEL))
                || !number.isEmpty() && number.equals(pod.labels().get(POD_GENERATION));
    }

    /// @param rests the nodes whose failed pods stay for now; asked of those only
    @SuppressWarnings("checkstyle:ParameterNumber") // all that it depends on
    static DaemonPlan of(Obj set, List<Obj> pods, List<Obj> nodes, String hash, Instant now,
            Predicate<String> rests) {
        Map<String, List<Obj>> byNode = new HashMap<>();
        pods.forEach(p -> byNode.computeIfAbsent(DaemonNodes.target(p), n -> new ArrayList<>()).add(p));
        Draft draft = new Draft(set, updated(set, hash), now, rests);
        for (Obj node : nodes.stream().sorted(Comparator.comparing(Obj::name)).toList()) {
            List<Obj> here = byNode.remove(node.name());
            draft.node(node, here == null ? List.of() : here);
        }
        byNode.values().forEach(lost -> lost.stream().filter(p -> Pods.node(p).isEmpty() && Pods.active(p))
                .forEach(draft.delete::add));
        draft.roll();
        return new DaemonPlan(draft.create, draft.delete, draft.status());
    }
}

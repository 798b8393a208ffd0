package io.k3j.scheduler;

import io.k3j.controllerkit.Conditions;
import io.k3j.model.Obj;
import io.k3j.schedulercache.DisruptionBudgets;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulerconfig.PluginArguments;
import io.k3j.schedulerconfig.SchedulerProfile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds a node that becomes feasible when pods of lower priority are evicted, and the victims:
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/>. Pure.
final class Preemption {
    /// The plug-in, in upstream's words.
    static final String NAME = "DefaultPreemption";
    private static final String HOPELESS = "Preemption is not helpful for scheduling";
    private static final String NO_VICTIMS = "No preemption victims found for incoming pod";

    /// After all times of a start.
    private static final String NOT_STARTED = "9999-12-31T23:59:59Z";

    /// A node, its victims, and the number of violated disruption budgets.
    record Candidate(NodeState node, List<PodInfo> victims, int violations) {
        private long highest() {
            return victims.getFirst().priority();
        }

        private long sum() {
            return victims.stream().mapToLong(v -> v.priority() + Integer.MAX_VALUE + 1L).sum();
        }

        private String earliestStart() {
            return victims.stream().filter(v -> v.priority() == highest())
                    .map(Preemption::started).min(Comparator.naturalOrder()).orElse(NOT_STARTED);
        }
    }

    /// The result: the best candidate, or a message why there is none.
    ///
    /// @param keepsNomination whether an earlier nomination of the pod stays as it is
    record Result(Optional<Candidate> best, String message, boolean keepsNomination) {
        static final Result NONE = new Result(Optional.empty(), "", false);

        /// Upstream's name of the outcome.
        String status() {
            return best.isPresent() ? Timing.SUCCESS : Timing.UNSCHEDULABLE;
        }

        static Result ineligible(String why) {
            return new Result(Optional.empty(), "preemption: not eligible due to " + why + ".", true);
        }
    }

    private final PodInfo pod;
    private final Snapshot snapshot;
    private final DisruptionBudgets budgets;
    private final Placement.None failed;
    /// How many candidates are enough if one violates no budget.
    private final PluginArguments.Preemption limits;

    /// @param failed the placement of the pod in this snapshot
    Preemption(SchedulerProfile profile, PodInfo pod, Snapshot snapshot, List<Obj> budgets, Placement.None failed) {
        this.limits = profile.arguments().preemption();
        this.pod = pod;
        this.snapshot = snapshot;
        this.budgets = DisruptionBudgets.of(budgets);
        this.failed = failed;
    }

    /// Evaluates the nodes that the placement has rejected, in its order.
    Result find() {
        return find(Extenders.NONE);
    }

    /// The same with those that extenders leave.
    Result find(Extenders extenders) {
        if (pod.spec().text("preemptionPolicy").equals("Never")) {
            return Result.ineligible("preemptionPolicy=Never");
        }
        if (victimsAreLeaving()) {
            return Result.ineligible("a terminating pod on the nominated node");
        }
        List<Candidate> candidates = new ArrayList<>();
        List<List<String>> reasons = new ArrayList<>();
        long possible = failed.rejections().values().stream().filter(Rejection::resolvable).count();
        long most = Math.max(1, Math.max(limits.absolute(), possible * limits.percentage() / 100));
        boolean harmless = false;
        List<NodeState> nodes = snapshot.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            NodeState node = nodes.get((failed.start() + i) % nodes.size());
            Rejection no = failed.rejections().get(node.name());
            if (no == null || !no.resolvable()) {
                reasons.add(List.of(HOPELESS));
            } else if (candidates.size() < most || !harmless) {
                Optional<Candidate> found = candidate(node, reasons);
                found.ifPresent(candidates::add);
                harmless |= found.isPresent() && found.get().violations() == 0;
            }
        }
        Comparator<Candidate> order = Comparator.comparingInt(Candidate::violations)
                .thenComparingLong(Candidate::highest).thenComparingLong(Candidate::sum)
                .thenComparingInt(c -> c.victims().size())
                .thenComparing(Candidate::earliestStart, Comparator.reverseOrder());
        String none = "preemption: 0/" + snapshot.nodes().size() + " nodes are available: "
                + Placement.histogram(reasons) + ".";
        return new Result(extenders.preempt(pod, candidates, snapshot).stream().min(order), none, false);
    }

    /// Whether the room on the nominated node, which may still be of use, is being made.
    private boolean victimsAreLeaving() {
        return pod.nominatedNode().map(snapshot::node).filter(n -> {
            Rejection no = failed.rejections().get(n.name());
            return no != null && no.resolvable();
        }).map(n -> n.pods().stream().anyMatch(this::isLeavingVictim)).orElse(false);
    }

    private boolean isLeavingVictim(PodInfo other) {
        return other.priority() < pod.priority() && other.terminating()
                && Conditions.find(other.pod().status().seq("conditions"), "DisruptionTarget")
                        .filter(c -> c.text("status").equals("True")
                                && c.text("reason").equals("PreemptionByScheduler"))
                        .isPresent();
    }

    /// When a pod was started; one that was not yet counts as the newest.
    private static String started(PodInfo pod) {
        return pod.pod().status().text("startTime", NOT_STARTED);
    }

    private Optional<Candidate> candidate(NodeState node, List<List<String>> reasons) {
        List<PodInfo> lower = node.pods().stream().filter(p -> p.priority() < pod.priority())
                .sorted(Comparator.comparingLong((PodInfo p) -> -p.priority())
                        .thenComparing(Preemption::started))
                .toList();
        if (lower.isEmpty()) {
            reasons.add(List.of(NO_VICTIMS));
            return Optional.empty();
        }
        NodeState empty = node;
        for (PodInfo p : lower) {
            empty = empty.without(p.uid());
        }
        Rejection still = reject(node, empty);
        if (still != null) {
            reasons.add(still.reasons());
            return Optional.empty();
        }
        Candidate found = reprieve(node, empty, lower);
        if (found.victims().isEmpty()) {
            reasons.add(List.of(NO_VICTIMS));
            return Optional.empty();
        }
        return Optional.of(found);
    }

    /// Reprieves as many pods as possible: those whose eviction violates a budget first, then by priority.
    private Candidate reprieve(NodeState node, NodeState empty, List<PodInfo> lower) {
        Set<PodInfo> violating = budgets.violatedBy(lower);
        List<PodInfo> order = new ArrayList<>(lower.stream().filter(violating::contains).toList());
        lower.stream().filter(p -> !violating.contains(p)).forEach(order::add);
        NodeState now = empty;
        List<PodInfo> victims = new ArrayList<>();
        for (PodInfo each : order) {
            NodeState with = now.with(each);
            if (reject(node, with) == null) {
                now = with;
            } else {
                victims.add(each);
            }
        }
        victims.sort(Comparator.comparingLong((PodInfo p) -> -p.priority()));
        return new Candidate(now, victims, (int) victims.stream().filter(violating::contains).count());
    }

    /// The rejection of a node whose pods are changed.
    private @Nullable Rejection reject(NodeState before, NodeState node) {
        return Placement.reject(failed.filters(), pod, before, node, snapshot);
    }

    /// Pods of lower priority to which the node was promised, and which may fit there no more.
    static List<PodInfo> displaced(PodInfo pod, String node, Snapshot snapshot) {
        return snapshot.nominated().getOrDefault(node, List.of()).stream()
                .filter(other -> other.priority() < pod.priority()).toList();
    }
}

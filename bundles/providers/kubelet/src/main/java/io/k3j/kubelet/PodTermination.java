package io.k3j.kubelet;

import io.k3j.kuberuntime.NextSync;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.podstatus.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides whether a pod must terminate, and why: it was deleted, this node cannot run it, it was evicted, or its
/// `activeDeadlineSeconds` have passed. The decision is final. On the pod's thread, but for [#evict].
final class PodTermination {
    private final Dependencies tools;
    private final NextSync next;
    private final Instant since;
    private volatile boolean begun;
    /// Whether this node has taken the pod: that is judged once, as its labels and taints may change.
    private boolean admitted;
    private boolean rejected;
    private PodStatus.@Nullable Waiting failure;
    private volatile @Nullable Eviction eviction;

    /// Why a pod is evicted.
    ///
    /// @param why reason and message
    /// @param grace how long it has to end
    /// @param disruption whether the node, not the pod, is the reason
    record Eviction(PodStatus.Waiting why, Duration grace, boolean disruption) {
    }

    PodTermination(Dependencies tools, NextSync next) {
        this.tools = tools;
        this.next = next;
        this.since = tools.clock().instant();
    }

    /// Whether the pod must terminate now.
    /// @param gone whether the API no longer has the pod
    boolean due(Obj pod, PodRuntime seen, boolean gone) {
        return gone || pod.terminating() || begun || refused(pod, seen);
    }

    /// Makes the pod terminate at its next sync, which the caller asks for. Any thread.
    void evict(Eviction because) {
        eviction = because;
    }

    /// How long the pod has to end.
    Duration grace(Obj pod) {
        @Nullable
        Eviction evicted = eviction;
        long own = PodSpecs.grace(pod);
        return Duration.ofSeconds(Math.max(1, evicted == null ? own : Math.min(own, evicted.grace().toSeconds())));
    }

    /// How a pod ends, as far as that is known.
    ///
    /// @param ended whether it must not run again, whatever its restart policy
    /// @param failure reason and message of a pod that the kubelet has failed
    /// @param disrupted whether that is for want of something on the node
    /// @param rejected whether the node has not taken it at all
    record End(boolean ended, PodStatus.@Nullable Waiting failure, boolean disrupted, boolean rejected) {
    }

    /// How the pod ends.
    End end() {
        return new End(begun, failure, disrupted(), rejected);
    }

    private boolean disrupted() {
        @Nullable
        Eviction evicted = eviction;
        return evicted != null && evicted.disruption() && evicted.why().equals(failure);
    }

    /// Records that termination has begun.
    void begin() {
        begun = true;
    }

    /// Whether the pod must not run again, whatever its restart policy.
    boolean begun() {
        return begun;
    }

    private boolean refused(Obj pod, PodRuntime seen) {
        if (!PodSpecs.finished(pod)) {
            Optional<PodStatus.Waiting> why = admitted ? Optional.empty() : admission(pod, seen);
            admitted = why.isEmpty();
            rejected |= why.isPresent();
            why.ifPresent(w -> tools.tell(pod, true, w.reason(), w.message()));
            failure = why.map(w -> new PodStatus.Waiting(w.reason(), "Pod was rejected: " + w.message()))
                    .or(this::evicted).or(() -> deadlineExceeded(pod)).orElse(failure);
            begun = failure != null;
        }
        return begun;
    }

    private Optional<PodStatus.Waiting> evicted() {
        return Optional.ofNullable(eviction).map(Eviction::why);
    }

    private Optional<PodStatus.Waiting> admission(Obj pod, PodRuntime seen) {
        if (seen.sandboxes().isEmpty()) {
            return tools.admission().refusal(pod);
        }
        tools.admission().adopted(pod);
        return Optional.empty();
    }

    private Optional<PodStatus.Waiting> deadlineExceeded(Obj pod) {
        Optional<Instant> until = PodSpecs.deadline(pod, since);
        if (until.isEmpty()) {
            return Optional.empty();
        }
        Duration left = Duration.between(tools.clock().instant(), until.get());
        if (left.isPositive()) {
            next.at(tools.clock().monotonic().instant().plus(left));
            return Optional.empty();
        }
        return Optional.of(new PodStatus.Waiting("DeadlineExceeded",
                "Pod was active on the node longer than the specified deadline"));
    }
}

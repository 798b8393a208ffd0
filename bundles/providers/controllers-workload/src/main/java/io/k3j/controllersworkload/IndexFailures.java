package io.k3j.controllersworkload;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The failures per index of a Job with `backoffLimitPerIndex`:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/job/#backoff-limit-per-index>. Pods carry the failure
/// count of their index in annotations, so the last failed pod keeps its finalizer until its replacement exists.
/// Pure.
final class IndexFailures {
    static final String COUNT = "batch.kubernetes.io/job-index-failure-count";
    static final String IGNORED = "batch.kubernetes.io/job-index-ignored-failure-count";
    private final JobSpec spec;
    private final TreeSet<Long> failed;
    private final Map<Long, Obj> last = new HashMap<>();
    /// The failures that the active pods of each index have taken over.
    private final Map<Long, Long> takenOver = new HashMap<>();

    IndexFailures(JobSpec spec, List<Obj> failedPods, List<Obj> active) {
        this.spec = spec;
        this.failed = spec.indexes(spec.job().status().text("failedIndexes"));
        if (enabled()) {
            failedPods.forEach(this::add);
            active.forEach(pod -> takenOver.merge(JobSpec.index(pod), failures(pod), Long::max));
        }
    }

    private void add(Obj pod) {
        long index = JobSpec.index(pod);
        if (index < 0 || index >= spec.completions()) {
            return;
        }
        last.merge(index, pod, (a, b) -> failures(a) >= failures(b) ? a : b);
        String action = spec.failureRule(pod).text("action");
        boolean counted = !action.equals("Ignore");
        if (action.equals("FailIndex")
                || counted && number(pod, COUNT) >= spec.job().spec().whole("backoffLimitPerIndex", 0)) {
            failed.add(index);
        }
    }

    boolean enabled() {
        return spec.job().spec().has("backoffLimitPerIndex");
    }

    /// The indexes that have reached their limit.
    TreeSet<Long> failed() {
        return failed;
    }

    /// Whether a failed pod is still needed, because the next pod of its index must take over its counts.
    boolean needs(Obj pod, Set<Long> succeeded) {
        long index = JobSpec.index(pod);
        return last.get(index) == pod && !failed.contains(index) && !succeeded.contains(index)
                && takenOver.getOrDefault(index, -1L) <= failures(pod);
    }

    /// The annotations with the counts, for the next pod of the index.
    Struct counts(long index) {
        if (!enabled()) {
            return Struct.EMPTY;
        }
        @Nullable
        Obj before = last.get(index);
        if (before == null) {
            return Struct.of(COUNT, "0");
        }
        boolean ignored = spec.failureRule(before).text("action").equals("Ignore");
        long count = number(before, COUNT) + (ignored ? 0 : 1);
        long more = number(before, IGNORED) + (ignored ? 1 : 0);
        Struct counts = Struct.of(COUNT, Long.toString(count));
        return more == 0 ? counts : counts.with(IGNORED, Long.toString(more));
    }

    /// The remaining back-off of the next pod of an index; not positive when it may start now.
    Duration left(long index, Instant now) {
        @Nullable
        Obj before = last.get(index);
        return before == null ? Duration.ZERO
                : JobBackOff.after(failures(before) + 1).minus(Duration.between(JobBackOff.endedAt(before), now));
    }

    private static long failures(Obj pod) {
        return number(pod, COUNT) + number(pod, IGNORED);
    }

    private static long number(Obj pod, String annotation) {
        try {
            return Long.parseLong(pod.annotations().getOrDefault(annotation, "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}

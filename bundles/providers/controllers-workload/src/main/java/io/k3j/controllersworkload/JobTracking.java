package io.k3j.controllersworkload;

import io.k3j.controllerkit.Pods;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Counts each pod of a Job exactly once, even after crashes: the UID of a finished pod is first recorded in the
/// status, then its finalizer is removed, then the UID becomes part of a count. See
/// <https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers>. Pure.
final class JobTracking {
    private final JobSpec spec;
    private final Set<String> succeededNotes;
    private final Set<String> failedNotes;
    private final TreeSet<Long> indexes;
    private final List<Obj> release = new ArrayList<>();
    private final List<Obj> held = new ArrayList<>();
    private final List<Obj> active = new ArrayList<>();
    private final IndexFailures failures;
    private long succeeded;
    private long failed;
    private long ready;
    private long terminating;
    private String failure = "";

    JobTracking(JobSpec spec, List<Obj> pods) {
        this.spec = spec;
        Struct status = spec.job().status();
        Struct notes = status.struct("uncountedTerminatedPods");
        this.succeededNotes = new LinkedHashSet<>(notes.seq("succeeded").texts());
        this.failedNotes = new LinkedHashSet<>(notes.seq("failed").texts());
        this.indexes = spec.indexes(status.text("completedIndexes"));
        this.succeeded = spec.indexed() ? 0 : status.whole("succeeded", 0);
        this.failed = status.whole("failed", 0);
        Map<String, Obj> tracked = new HashMap<>();
        pods.stream().filter(p -> p.finalizers().contains(JobSpec.FINALIZER)).forEach(p -> tracked.put(p.uid(), p));
        succeeded += settled(succeededNotes, tracked);
        failed += settled(failedNotes, tracked);
        pods.forEach(p -> count(p, tracked.containsKey(p.uid())));
        this.failures = new IndexFailures(spec, pods.stream().filter(this::failed).toList());
        // an index is one or the other, or the API refuses the status: who has succeeded once has
        failures.failed().removeAll(indexes);
        for (Obj pod : List.copyOf(release)) {
            if (failed(pod) && failures.needs(pod, indexes, active)) {
                release.remove(pod);
                held.add(pod);
            }
        }
    }

    private boolean failed(Obj pod) {
        return Pods.phase(pod).equals("Failed")
                || pod.terminating() && !Pods.phase(pod).equals("Succeeded") && !spec.replacesFailedOnly();
    }

    /// Marks the Job as finished: no pod is needed for its counts any more.
    void markFinished() {
        release.addAll(held);
        held.clear();
    }

    /// The failures of each index.
    IndexFailures failures() {
        return failures;
    }

    /// The indexes that have succeeded.
    TreeSet<Long> indexes() {
        return indexes;
    }

    /// Converts recorded UIDs whose pod has no finalizer to counts; returns their number.
    private static long settled(Set<String> notes, Map<String, Obj> tracked) {
        int before = notes.size();
        notes.removeIf(uid -> !tracked.containsKey(uid));
        return before - notes.size();
    }

    private void count(Obj pod, boolean tracked) {
        boolean noted = succeededNotes.contains(pod.uid()) || failedNotes.contains(pod.uid());
        boolean success = Pods.phase(pod).equals("Succeeded");
        boolean failure = failed(pod);
        if (pod.terminating() && !Pods.finished(pod)) {
            terminating++;
        }
        if (tracked && (success || failure)) {
            release.add(pod);
            if (!noted) {
                note(pod, success);
            }
        } else if (!success && !failure && !pod.terminating()) {
            active.add(pod);
            ready += Pods.ready(pod) ? 1 : 0;
        }
    }

    private void note(Obj pod, boolean success) {
        if (success) {
            long index = JobSpec.index(pod);
            if (!spec.indexed() || index >= 0 && index < spec.completions() && indexes.add(index)) {
                succeededNotes.add(pod.uid());
            }
            return;
        }
        Struct rule = spec.failureRule(pod);
        if (rule.text("action").equals("Ignore")) {
            return;
        }
        if (rule.text("action").equals("FailJob") && failure.isEmpty()) {
            failure = rule.text("message");
        }
        failedNotes.add(pod.uid());
    }

    long succeeded() {
        return spec.indexed() ? indexes.size() : succeeded + succeededNotes.size();
    }

    long failed() {
        return failed + failedNotes.size();
    }

    List<Obj> active() {
        return active;
    }

    long terminating() {
        return terminating;
    }

    /// Pods whose finalizer may be removed once the status is written.
    List<Obj> release() {
        return release;
    }

    /// The message of a `FailJob` rule of the pod failure policy, or empty.
    String failure() {
        return failure;
    }

    /// Whether all finished pods are counted.
    boolean settled() {
        return succeededNotes.isEmpty() && failedNotes.isEmpty() && release.isEmpty();
    }

    /// Which active pods are too many: of an indexed Job first those whose index it does not have, or another active
    /// pod has as well.
    /// @param order in which pods are to be deleted; the last one of an index stays
    /// @param least how many at least; none when it is negative
    List<Obj> surplus(List<Obj> order, long least) {
        Set<Long> kept = new TreeSet<>();
        List<Obj> all = new ArrayList<>(order.reversed().stream().filter(pod -> {
            long index = JobSpec.index(pod);
            return spec.indexed() && (index < 0 || index >= spec.completions() || !kept.add(index));
        }).toList());
        order.stream().filter(pod -> !all.contains(pod)).limit(Math.max(0, least - all.size())).toList()
                .forEach(all::add);
        return all;
    }

    /// Indexes that still need a pod, limited to `most`.
    List<Long> missing(long most) {
        Set<Long> busy = new TreeSet<>(indexes);
        busy.addAll(failures.failed());
        active.forEach(p -> busy.add(JobSpec.index(p)));
        List<Long> all = new ArrayList<>();
        for (long i = 0; i < spec.completions() && all.size() < most; i++) {
            if (!busy.contains(i)) {
                all.add(i);
            }
        }
        return all;
    }

    /// Writes the counts into a status.
    Struct.Builder into(Struct status) {
        Struct.Builder b = status.toBuilder();
        number(b, "active", active.size());
        number(b, "failed", failed);
        number(b, "succeeded", spec.indexed() ? indexes.size() : succeeded);
        b.put("ready", ready).put("terminating", terminating);
        b.remove("completedIndexes").putUnlessEmpty("completedIndexes", JobSpec.text(indexes));
        if (failures.enabled()) {
            b.put("failedIndexes", JobSpec.text(failures.failed()));
        }
        Struct notes = Struct.builder().putUnlessEmpty("failed", Seq.copyOf(failedNotes))
                .putUnlessEmpty("succeeded", Seq.copyOf(succeededNotes)).build();
        return b.put("uncountedTerminatedPods", notes);
    }

    private static void number(Struct.Builder b, String field, long count) {
        b.remove(field);
        if (count > 0) {
            b.put(field, count);
        }
    }
}

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

/// Counts a Job's pods so that each counts exactly once, whatever happens in between: an ended pod's uid is
/// first noted in the status, then its finalizer is taken off, then the note becomes a number. See
/// <https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers>. Pure.
final class JobTally {
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

    JobTally(JobSpec spec, List<Obj> pods) {
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

    /// The Job is over: no pod is needed for its counts any more.
    void letGo() {
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

    /// Notes whose pod is free become numbers.
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
            failure = "Pod " + pod.key() + " failed matching FailJob rule at index " + rule.whole("index", 0);
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

    /// Pods whose finalizer may go once the notes are written.
    List<Obj> release() {
        return release;
    }

    /// Why the pod failure policy ends the job, or empty.
    String failure() {
        return failure;
    }

    /// Whether every ended pod has become a number.
    boolean settled() {
        return succeededNotes.isEmpty() && failedNotes.isEmpty() && release.isEmpty();
    }

    /// The indexes that still need a pod, at most so many.
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

    /// The counts as they go into the status.
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

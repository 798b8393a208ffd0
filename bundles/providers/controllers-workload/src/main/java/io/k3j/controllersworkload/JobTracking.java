package io.k3j.controllersworkload;

import io.k3j.controllerkit.Pods;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Counts each pod of a Job exactly once, even after crashes: the UID of a finished pod is first recorded in the
/// status, then its finalizer is removed, then the UID becomes part of a count. See
/// <https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers>. Pure.
final class JobTracking {
    /// How many uids a status notes, upstream's `MaxUncountedPods`, and how many pods are released at a time: the
    /// others have their turn when these have gone.
    static final int MOST = 500;
    private final JobSpec spec;
    private final Set<String> succeededNotes;
    private final Set<String> failedNotes;
    private final TreeSet<Long> indexes;
    private final List<Obj> release = new ArrayList<>();
    private final List<Obj> held = new ArrayList<>();
    private final List<Obj> active = new ArrayList<>();
    /// Those with the finalizer that have not ended, also where they are being deleted.
    private final List<Obj> open = new ArrayList<>();
    private final IndexFailures failures;
    private long succeeded;
    private long failed;
    /// Those that a later pass will note.
    private long succeededLater;
    private long failedLater;
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
        this.failures = new IndexFailures(spec, pods.stream().filter(this::failed).toList(), active);
        // an index is one or the other, or the API refuses the status: who has succeeded once has
        failures.failed().removeAll(indexes);
        release.removeIf(pod -> failed(pod) && failures.needs(pod, indexes) && held.add(pod));
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

    /// Releases those that have not ended as well, since the Job has ended or is deleted: nobody may be there to say
    /// that they have.
    /// @param failed whether each counts as failed
    void releaseAll(boolean failed) {
        open.stream().filter(pod -> !failed || failedNotes.contains(pod.uid()) || note(pod, false))
                .forEach(release::add);
        open.clear();
    }

    /// All active pods are being deleted.
    void deleted() {
        terminating += active.size();
        ready = 0;
        active.clear();
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
            if (noted || note(pod, success)) {
                release.add(pod);
            }
            return;
        }
        if (tracked) {
            open.add(pod);
        }
        if (!success && !failure && !pod.terminating()) {
            active.add(pod);
            ready += Pods.ready(pod) ? 1 : 0;
        }
    }

    /// @return whether the pod may be released once the status is written
    private boolean note(Obj pod, boolean success) {
        long index = JobSpec.index(pod);
        boolean counts = !spec.indexed() || index >= 0 && index < spec.completions();
        if (success && spec.indexed()) {
            // an index is counted once, whoever has it
            if (counts) {
                indexes.add(index);
            }
            return true;
        }
        Struct rule = success ? Struct.EMPTY : spec.failureRule(pod);
        if (rule.text("action").equals("FailJob") && failure.isEmpty()) {
            failure = rule.text("message");
        }
        if (!counts || rule.text("action").equals("Ignore")) {
            return true;
        }
        if (succeededNotes.size() + failedNotes.size() < MOST) {
            return (success ? succeededNotes : failedNotes).add(pod.uid());
        }
        succeededLater += success ? 1 : 0;
        failedLater += success ? 0 : 1;
        return false;
    }

    long succeeded() {
        return spec.indexed() ? indexes.size() : succeeded + succeededNotes.size() + succeededLater;
    }

    long failed() {
        return failed + failedNotes.size() + failedLater;
    }

    List<Obj> active() {
        return active;
    }

    long terminating() {
        return terminating;
    }

    /// Pods whose finalizer may be removed once the status is written, those that have their turn.
    List<Obj> release() {
        return release.subList(0, Math.min(MOST, release.size()));
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
        Set<Long> kept = new HashSet<>();
        List<Obj> all = new ArrayList<>(order.reversed().stream().filter(pod -> {
            long index = JobSpec.index(pod);
            return spec.indexed() && (index < 0 || index >= spec.completions() || !kept.add(index));
        }).toList());
        Set<String> chosen = all.stream().map(Obj::uid).collect(Collectors.toSet());
        order.stream().filter(pod -> !chosen.contains(pod.uid())).limit(Math.max(0, least - all.size()))
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

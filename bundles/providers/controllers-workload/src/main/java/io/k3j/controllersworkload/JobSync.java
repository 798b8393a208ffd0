package io.k3j.controllersworkload;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.IndependentSteps;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Times;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One sync of one Job.
final class JobSync {
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(10);
    private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(6);

    /// The outcome of a Job.
    private record End(boolean success, String reason, String message) {
    }

    private final ExpectingWriter writer;
    private final Events events;
    private final Instant now;
    private final JobSpec spec;
    private final List<Obj> pods;
    private final JobTracking tally;
    private Seq conditions;
    private String startTime;
    private Requeue again = Requeue.NEVER;

    JobSync(ExpectingWriter writer, Events events, Instant now, Obj job, List<Obj> pods) {
        this.writer = writer;
        this.events = events;
        this.now = now;
        this.spec = new JobSpec(job);
        this.pods = pods;
        this.tally = new JobTracking(spec, pods);
        this.conditions = job.status().seq("conditions");
        this.startTime = job.status().text("startTime");
    }

    Requeue run() {
        suspendOrResume();
        End end = end();
        PodControl podControl = new PodControl(writer, events, spec.job());
        // what is refused of them keeps nobody from counting and releasing pods that have finished
        IndependentSteps steps = new IndependentSteps();
        if (end != null) {
            tally.markFinished();
            mark(end.success() ? "SuccessCriteriaMet" : "FailureTarget", end);
            steps.make(() -> podControl.delete(tally.active()));
        } else if (!spec.job().terminating()) {
            steps.make(() -> manage(podControl));
        }
        boolean done = end != null && tally.settled() && tally.active().isEmpty() && tally.terminating() == 0;
        if (end != null && done) {
            // what has ended has begun, also one that was suspended all the time: the API takes no other
            startTime = startTime.isEmpty() ? Times.seconds(now) : startTime;
            mark(end.success() ? "Complete" : "Failed", end);
            events.tell(Events.reference(spec.job()), end.success() ? "Normal" : "Warning",
                    end.success() ? "Completed" : end.reason(), end.success() ? "Job completed" : end.message());
        }
        write(end != null && done && end.success());
        tally.release().forEach(pod -> steps.make(() -> release(writer, pod)));
        @Nullable
        ApiFault fault = steps.fault();
        if (fault != null && !fault.namespaceTerminating()) {
            throw fault;
        }
        return again;
    }

    static boolean finished(Obj job) {
        Seq conditions = job.status().seq("conditions");
        return Conditions.isTrue(conditions, "Complete") || Conditions.isTrue(conditions, "Failed");
    }

    private void suspendOrResume() {
        boolean was = Conditions.isTrue(conditions, "Suspended");
        if (spec.suspended() && !was) {
            conditions = Conditions.with(conditions, Conditions.of("Suspended", true, "JobSuspended", "Job suspended"),
                    now);
            events.normal(spec.job(), "Suspended", "Job suspended");
            startTime = "";
        } else if (!spec.suspended()) {
            if (was) {
                conditions = Conditions.with(conditions, Conditions.of("Suspended", false, "JobResumed", "Job resumed"),
                        now);
                events.normal(spec.job(), "Resumed", "Job resumed");
            }
            startTime = startTime.isEmpty() ? Times.seconds(now) : startTime;
        }
    }

    private @Nullable End end() {
        for (String type : List.of("FailureTarget", "SuccessCriteriaMet")) {
            Struct known = conditions.find("type", type);
            if (known.text("status").equals("True")) {
                return new End(type.equals("SuccessCriteriaMet"), known.text("reason"), known.text("message"));
            }
        }
        if (!tally.failure().isEmpty()) {
            return new End(false, "PodFailurePolicy", tally.failure());
        }
        if (tally.failed() > spec.backoffLimit() || restartsExceeded()) {
            return new End(false, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
        }
        if (deadlinePassed()) {
            return new End(false, "DeadlineExceeded", "Job was active longer than specified deadline");
        }
        End failed = tally.failures().enabled() ? indexesFailed() : null;
        if (failed != null) {
            return failed;
        }
        int rule = spec.metRule(tally.indexes());
        return rule >= 0 ? new End(true, "SuccessPolicy", "Matched rules at index " + rule) : completed();
    }

    /// Before the success policy is looked at, as upstream does.
    private @Nullable End indexesFailed() {
        long failed = tally.failures().failed().size();
        if (failed > spec.job().spec().whole("maxFailedIndexes", Long.MAX_VALUE)) {
            return new End(false, "MaxFailedIndexesExceeded",
                    "Job has exceeded the specified maximal number of failed indexes");
        }
        return failed > 0 && failed + tally.succeeded() >= spec.completions()
                ? new End(false, "FailedIndexes", "Job has failed indexes")
                : null;
    }

    private @Nullable End completed() {
        boolean complete = spec.fixed()
                ? tally.succeeded() >= spec.completions()
                : tally.succeeded() > 0 && tally.active().isEmpty();
        return complete && !spec.suspended()
                ? new End(true, "CompletionsReached", "Reached expected number of succeeded pods")
                : null;
    }

    private boolean restartsExceeded() {
        if (!spec.job().spec().struct("template").struct("spec").text("restartPolicy").equals("OnFailure")) {
            return false;
        }
        long restarts = tally.active().stream().mapToLong(p -> Pods.restarts(p) + p.status()
                .seq("initContainerStatuses").structs().stream().mapToLong(c -> c.whole("restartCount", 0)).sum())
                .sum();
        return spec.backoffLimit() == 0 ? restarts > 0 : restarts >= spec.backoffLimit();
    }

    private boolean deadlinePassed() {
        long seconds = spec.job().spec().whole("activeDeadlineSeconds", -1);
        if (seconds < 0 || spec.suspended() || startTime.isEmpty()) {
            return false;
        }
        Duration left = Duration.ofSeconds(seconds).minus(Times.since(startTime, now));
        again = left.isPositive() ? again.or(Requeue.after(left)) : again;
        return !left.isPositive();
    }

    private void mark(String type, End end) {
        conditions = Conditions.with(conditions,
                Conditions.of(type, true, end.reason(), end.message()).with("lastProbeTime", Times.seconds(now)), now);
    }

    private void manage(PodControl podControl) {
        long wanted = wanted();
        long running = tally.active().size();
        List<Obj> surplus = tally.surplus(DeletionOrder.of(tally.active(), tally.active(), now), running - wanted);
        if (!surplus.isEmpty()) {
            // such a pod has not failed: nobody counts it, so nothing holds it
            IndependentSteps steps = new IndependentSteps();
            surplus.stream().limit(PodControl.BURST).forEach(pod -> steps.make(() -> {
                release(writer, pod);
                podControl.delete(pod);
            }));
            steps.end();
            return;
        }
        long waiting = spec.replacesFailedOnly() ? tally.terminating() : 0;
        long missing = Math.min(wanted - running - waiting, PodControl.BURST);
        if (missing <= 0) {
            return;
        }
        Duration wait = tally.failures().enabled() ? Duration.ZERO : remainingBackOff();
        if (wait.isPositive()) {
            again = again.or(Requeue.after(wait));
            return;
        }
        if (spec.indexed()) {
            List<Long> indexes = tally.missing(missing).stream().filter(this::due).toList();
            podControl.create(indexes.size(), i -> spec.pod(indexes.get(i), tally.failures().counts(indexes.get(i))));
        } else {
            podControl.create((int) missing, i -> spec.pod(-1, Struct.EMPTY));
        }
    }

    private boolean due(long index) {
        Duration wait = tally.failures().left(index, now);
        if (wait.isPositive()) {
            again = again.or(Requeue.after(wait));
        }
        return !wait.isPositive();
    }

    private long wanted() {
        if (spec.suspended()) {
            return 0;
        }
        if (!spec.fixed()) {
            return tally.succeeded() > 0 ? tally.active().size() : spec.parallelism();
        }
        return Math.min(spec.parallelism(),
                spec.completions() - tally.succeeded() - tally.failures().failed().size());
    }

    /// The remaining back-off before failed pods are replaced, by how many have failed since the last success.
    private Duration remainingBackOff() {
        Instant success = ended("Succeeded").max(Comparator.naturalOrder()).orElse(Instant.MIN);
        List<Instant> failures = ended("Failed").filter(at -> at.isAfter(success)).toList();
        return failures.isEmpty() ? Duration.ZERO
                : backOff(failures.size()).minus(Duration.between(Collections.max(failures), now));
    }

    private Stream<Instant> ended(String phase) {
        return pods.stream().filter(pod -> Pods.phase(pod).equals(phase)).map(JobSync::endedAt);
    }

    /// The back-off after a number of failures.
    static Duration backOff(long failures) {
        Duration delay = FIRST_BACK_OFF.multipliedBy(1L << Math.min(failures - 1, 10));
        return delay.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : delay;
    }

    /// When the last container of a pod terminated.
    static Instant endedAt(Obj pod) {
        Instant last = Instant.EPOCH;
        for (Struct status : pod.status().seq("containerStatuses").structs()) {
            Instant at = Times.parse(status.struct("state").struct("terminated").text("finishedAt"))
                    .orElse(Instant.EPOCH);
            last = at.isAfter(last) ? at : last;
        }
        String born = pod.metadata().text("creationTimestamp");
        return last.equals(Instant.EPOCH) ? Times.parse(born).orElse(Instant.EPOCH) : last;
    }

    private void write(boolean succeeded) {
        Struct.Builder b = tally.into(spec.job().status());
        b.remove("startTime").putUnlessEmpty("startTime", startTime);
        b.remove("conditions").putUnlessEmpty("conditions", conditions);
        if (succeeded) {
            b.put("completionTime", Times.seconds(now));
        }
        writer.updateStatus(BuiltinResources.JOBS, spec.job(), b.build());
    }

    /// Removes the tracking finalizer from a pod.
    static void release(ExpectingWriter writer, Obj pod) {
        List<String> left = pod.finalizers().stream().filter(f -> !f.equals(JobSpec.FINALIZER)).toList();
        Struct metadata = Struct.of("uid", pod.uid(), "resourceVersion", Long.toString(pod.revision()), "finalizers",
                left.isEmpty() ? Null.NULL : left);
        try {
            writer.patch(BuiltinResources.PODS, pod.key(), new Patch.Merge(Struct.of("metadata", metadata)),
                    WriteOptions.PLAIN);
        } catch (ApiFault fault) {
            if (fault.code() != 404) {
                throw fault;
            }
        }
    }
}

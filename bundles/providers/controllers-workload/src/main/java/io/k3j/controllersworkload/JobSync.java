package io.k3j.controllersworkload;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.DeletionOrder;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.IndependentSteps;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Times;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One sync of one Job.
final class JobSync {
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
        startTime = startTime.isEmpty() && !spec.suspended() ? Times.seconds(now) : startTime;
        End end = end();
        if (end == null && !spec.job().terminating()) {
            suspendOrResume();
        }
        PodControl podControl = new PodControl(writer, events, spec.job());
        // what is refused of them keeps nobody from counting and releasing pods that have finished
        IndependentSteps steps = new IndependentSteps();
        if (end != null) {
            tally.markFinished();
            mark(end.success() ? "SuccessCriteriaMet" : "FailureTarget", end);
            steps.make(() -> deleteActive(podControl, end));
        } else if (spec.job().terminating()) {
            tally.releaseAll(false);
        } else {
            steps.make(() -> manage(podControl));
        }
        boolean done = end != null && tally.settled() && tally.active().isEmpty() && tally.terminating() == 0;
        if (end != null && done) {
            // what has ended has begun, also one that was suspended all the time: the API takes no other
            startTime = startTime.isEmpty() ? Times.seconds(now) : startTime;
            mark(end.success() ? "Complete" : "Failed", end);
        }
        write(end != null && done && end.success());
        if (end != null && done) {
            tell(end);
        }
        steps.each(tally.release(), pod -> release(writer, pod));
        @Nullable
        ApiFault fault = steps.fault();
        if (fault != null && !fault.namespaceTerminating()) {
            throw fault;
        }
        return again;
    }

    private void deleteActive(PodControl podControl, End end) {
        podControl.delete(tally.active());
        tally.deleted();
        tally.releaseAll(!end.success());
    }

    private void tell(End end) {
        if (!end.success()) {
            events.warning(spec.job(), end.reason(), end.message());
            return;
        }
        if (spec.fixed() && tally.succeeded() > spec.completions()) {
            events.warning(spec.job(), "TooManySucceededPods",
                    "Too many succeeded pods running after completion count reached");
        }
        events.normal(spec.job(), "Completed", "Job completed");
    }

    static boolean finished(Obj job) {
        Seq conditions = job.status().seq("conditions");
        return Conditions.isTrue(conditions, "Complete") || Conditions.isTrue(conditions, "Failed");
    }

    /// The time of start begins anew with each time of running: a deadline counts from then.
    private void suspendOrResume() {
        boolean was = Conditions.isTrue(conditions, "Suspended");
        if (spec.suspended() == was) {
            return;
        }
        String what = spec.suspended() ? "Suspended" : "Resumed";
        String message = spec.suspended() ? "Job suspended" : "Job resumed";
        set("Suspended", spec.suspended(), "Job" + what, message);
        events.normal(spec.job(), what, message);
        startTime = spec.suspended() ? "" : Times.seconds(now);
    }

    private void set(String type, boolean holds, String reason, String message) {
        conditions = Conditions.with(conditions,
                Conditions.of(type, holds, reason, message).with("lastProbeTime", Times.seconds(now)), now);
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
        long enough = spec.fixed() ? spec.completions() : 1;
        return tally.succeeded() >= enough && tally.active().isEmpty()
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
        set(type, true, end.reason(), end.message());
    }

    private void manage(PodControl podControl) {
        long wanted = wanted();
        long running = tally.active().size();
        List<Obj> surplus = tally.surplus(DeletionOrder.of(tally.active(), tally.active(), now), running - wanted);
        if (!surplus.isEmpty()) {
            // such a pod has not failed: nobody counts it, so nothing holds it
            IndependentSteps steps = new IndependentSteps();
            steps.each(surplus.subList(0, Math.min(PodControl.BURST, surplus.size())), pod -> {
                release(writer, pod);
                podControl.delete(pod);
            });
            steps.end();
            return;
        }
        long waiting = spec.replacesFailedOnly() ? tally.terminating() : 0;
        long missing = Math.min(wanted - running - waiting, PodControl.BURST);
        if (missing <= 0) {
            return;
        }
        Duration wait = tally.failures().enabled() ? Duration.ZERO : JobBackOff.left(pods, now);
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

    private void write(boolean succeeded) {
        Struct.Builder b = tally.into(spec.job().status());
        b.remove("startTime").putUnlessEmpty("startTime", startTime);
        b.remove("conditions").putUnlessEmpty("conditions", conditions);
        if (succeeded) {
            b.put("completionTime", Times.seconds(now));
        }
        writer.updateStatus(BuiltinResources.JOBS, spec.job(), b.build());
    }

    /// Removes the tracking finalizer from a pod, whatever else has been changed of it meanwhile.
    static void release(ExpectingWriter writer, Obj pod) {
        if (!pod.finalizers().contains(JobSpec.FINALIZER)) {
            return;
        }
        Struct metadata = Struct.of("uid", pod.uid(), "$deleteFromPrimitiveList/finalizers",
                Seq.of(JobSpec.FINALIZER));
        try {
            writer.patch(BuiltinResources.PODS, pod.key(), new Patch.Strategic(Struct.of("metadata", metadata)),
                    WriteOptions.PLAIN);
        } catch (ApiFault fault) {
            if (fault.code() != 404) {
                throw fault;
            }
        }
    }
}

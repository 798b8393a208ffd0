package io.k3j.controllersworkload;

import io.k3j.apimachinery.CronSchedule;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One sync of one CronJob.
final class CronJobSync {
    private static final int MOST_MISSED = 100;
    private static final Duration SLACK = Duration.ofMillis(100);
    private static final String SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp";

    private final ExpectingWriter writer;
    private final Events events;
    private final Instant now;
    private final Obj cron;
    private final List<Obj> jobs;
    private final List<Struct> active = new ArrayList<>();
    private String lastSchedule;
    private String lastSuccess;

    CronJobSync(ExpectingWriter writer, Events events, Instant now, Obj cron, List<Obj> jobs) {
        this.writer = writer;
        this.events = events;
        this.now = now;
        this.cron = cron;
        this.jobs = jobs;
        this.lastSchedule = cron.status().text("lastScheduleTime");
        this.lastSuccess = cron.status().text("lastSuccessfulTime");
    }

    /// Updates the list of active jobs, and deletes old ones beyond the history limits.
    void tidy() {
        for (Obj job : jobs.stream().sorted(Comparator.comparing(Obj::name)).toList()) {
            boolean listed = lists(cron, job);
            if (!JobSync.finished(job)) {
                if (listed || ours(job) || listedByNow(job)) {
                    active.add(reference(job));
                } else {
                    events.warning(cron, "UnexpectedJob",
                            "Saw a job that the controller did not create or forgot: " + job.name());
                }
                continue;
            }
            boolean complete = Conditions.isTrue(job.status().seq("conditions"), "Complete");
            if (listed) {
                events.normal(cron, "SawCompletedJob", "Saw completed job: " + job.name() + ", condition: "
                        + (complete ? "Complete" : "Failed"));
            }
            String end = job.status().text("completionTime");
            lastSuccess = complete && end.compareTo(lastSuccess) > 0 ? end : lastSuccess;
        }
        missing();
        trim("Complete", cron.spec().whole("successfulJobsHistoryLimit", 3));
        trim("Failed", cron.spec().whole("failedJobsHistoryLimit", 1));
    }

    private static boolean lists(Obj cron, Obj job) {
        return cron.status().seq("active").structs().stream().anyMatch(r -> r.text("uid").equals(job.uid()));
    }

    /// Whether it was made here, also where that could not be written down: by the name of its time.
    private boolean ours(Obj job) {
        return Times.parse(job.annotations().getOrDefault(SCHEDULED, ""))
                .filter(due -> job.name().equals(name(due))).isPresent();
    }

    /// The view of CronJobs may be older than that of Jobs, so the API is asked before anything is said. What somebody
    /// else has made (`kubectl create job --from`) is no run of the schedule: it neither keeps one from beginning nor
    /// is replaced by one.
    private boolean listedByNow(Obj job) {
        return writer.api().find(BuiltinResources.CRON_JOBS, cron.key()).filter(now -> lists(now, job)).isPresent();
    }

    /// Drops the listed jobs that are no more; what the view does not show, but the API has, stays listed.
    private void missing() {
        for (Struct listed : cron.status().seq("active").structs()) {
            if (jobs.stream().anyMatch(j -> j.uid().equals(listed.text("uid")))) {
                continue;
            }
            Key key = new Key(cron.namespace(), listed.text("name"));
            if (writer.api().find(BuiltinResources.JOBS, key).filter(j -> j.uid().equals(listed.text("uid")))
                    .isPresent()) {
                active.add(listed);
            } else {
                events.normal(cron, "MissingJob", "Active job went missing: " + listed.text("name"));
            }
        }
    }

    private void trim(String condition, long limit) {
        Comparator<Obj> oldest = Comparator.comparing((Obj j) -> !j.status().has("startTime"))
                .thenComparing(j -> j.status().text("startTime")).thenComparing(Obj::name);
        List<Obj> ended = jobs.stream().filter(j -> Conditions.isTrue(j.status().seq("conditions"), condition))
                .filter(j -> !j.terminating()).sorted(oldest).toList();
        ended.stream().limit(Math.max(0, ended.size() - limit)).forEach(this::delete);
    }

    /// @return whether it goes
    private boolean delete(Obj job) {
        try {
            if (writer.delete(BuiltinResources.JOBS, job, DeleteOptions.PLAIN.propagating("Background"))) {
                events.normal(cron, "SuccessfulDelete", "Deleted job " + job.name());
            }
            active.removeIf(r -> r.text("uid").equals(job.uid()));
            return true;
        } catch (ApiFault fault) {
            events.warning(cron, "FailedDelete", "Deleted job: " + fault.getMessage());
            return false;
        }
    }

    /// Creates the job that is due, if any.
    /// @throws ApiFault when it cannot be made, or one that it replaces cannot be deleted
    Requeue schedule(CronSchedule schedule) {
        if (schedule.after(since()).isEmpty()) {
            events.warning(cron, "InvalidSchedule", "invalid schedule: " + cron.spec().text("schedule")
                    + " : time difference between two schedules is less than 1 second");
            return Requeue.NEVER;
        }
        @Nullable
        Instant due = due(schedule);
        if (due != null) {
            start(due);
        }
        return schedule.after(now).isPresent() ? Requeue.after(wait(schedule, now)) : Requeue.NEVER;
    }

    /// How long until the next run of a schedule; zero when it has none.
    static Duration wait(CronSchedule schedule, Instant now) {
        return schedule.after(now).map(next -> Duration.between(now, next).plus(SLACK)).orElse(Duration.ZERO);
    }

    private Instant since() {
        return Times.parse(lastSchedule)
                .orElse(Times.parse(cron.metadata().text("creationTimestamp")).orElse(now));
    }

    /// The latest schedule time since the last one that was handled; null when none is due.
    private @Nullable Instant due(CronSchedule schedule) {
        Instant from = since();
        long deadline = cron.spec().whole("startingDeadlineSeconds", -1);
        Instant earliest = deadline < 0 ? Instant.MIN : now.minusSeconds(deadline);
        from = from.isBefore(earliest) ? earliest : from;
        @Nullable
        Instant due = null;
        int missed = 0;
        for (Optional<Instant> t = schedule.after(from); t.isPresent()
                && !t.get().isAfter(now); t = schedule.after(due)) {
            due = t.get();
            if (++missed > MOST_MISSED) {
                events.warning(cron, "TooManyMissedTimes", "too many missed start times. Set or decrease"
                        + " .spec.startingDeadlineSeconds or check clock skew");
                due = latest(schedule);
                break;
            }
        }
        return due;
    }

    private Instant latest(CronSchedule schedule) {
        Instant due = now;
        for (Duration back = Duration.ofMinutes(2);; back = back.multipliedBy(2)) {
            Optional<Instant> t = schedule.after(now.minus(back));
            if (t.isPresent() && !t.get().isAfter(now)) {
                for (; t.isPresent() && !t.get().isAfter(now); t = schedule.after(t.get())) {
                    due = t.get();
                }
                return due;
            }
        }
    }

    private void start(Instant due) {
        String policy = cron.spec().text("concurrencyPolicy");
        if (policy.equals("Forbid") && !active.isEmpty()) {
            events.normal(cron, "JobAlreadyActive",
                    "Not starting job because prior execution is running and concurrency policy is Forbid");
            return;
        }
        if (policy.equals("Replace")) {
            Set<String> runs = active.stream().map(r -> r.text("uid")).collect(Collectors.toUnmodifiableSet());
            for (Obj run : jobs) {
                if (runs.contains(run.uid()) && !JobSync.finished(run) && !run.terminating() && !delete(run)) {
                    throw ApiFault.internal("could not replace job " + run.key());
                }
            }
        }
        if (make(job(due))) {
            lastSchedule = Times.seconds(due);
        }
    }

    /// @return whether the run has begun: not where somebody else has a job of its name, nor in a namespace that goes
    private boolean make(Obj job) {
        try {
            Obj made = writer.create(BuiltinResources.JOBS, job);
            active.add(reference(made));
            events.normal(cron, "SuccessfulCreate", "Created job " + made.name());
            return true;
        } catch (ApiFault fault) {
            if (fault.reason().equals("AlreadyExists")) {
                return taken(job);
            }
            if (fault.namespaceTerminating()) {
                return false;
            }
            events.warning(cron, "FailedCreate", "Error creating job: " + fault.getMessage());
            throw fault;
        }
    }

    private boolean taken(Obj job) {
        Optional<Obj> there = writer.api().find(BuiltinResources.JOBS, job.key())
                .filter(known -> Owners.controls(cron, known));
        there.filter(known -> !JobSync.finished(known))
                .filter(known -> active.stream().noneMatch(r -> r.text("uid").equals(known.uid())))
                .ifPresent(known -> active.add(reference(known)));
        return there.isPresent();
    }

    private Obj job(Instant due) {
        Struct template = cron.spec().struct("jobTemplate");
        Struct given = template.struct("metadata");
        Struct metadata = Struct.builder().put("name", name(due))
                .put("namespace", cron.namespace()).putUnlessEmpty("labels", given.get("labels"))
                .put("annotations", given.struct("annotations").with(SCHEDULED, local(due)))
                .put("ownerReferences", Seq.of(cron.ownerReference())).build();
        return Obj.of(Struct.of("apiVersion", "batch/v1", "kind", "Job", "metadata", metadata, "spec",
                template.struct("spec")));
    }

    private String name(Instant due) {
        return cron.name() + "-" + due.getEpochSecond() / 60;
    }

    /// In the zone that the CronJob names.
    private String local(Instant due) {
        String zone = cron.spec().text("timeZone");
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(due.truncatedTo(ChronoUnit.SECONDS)
                .atZone(zone.isEmpty() ? ZoneOffset.UTC : ZoneId.of(zone)));
    }

    private static Struct reference(Obj job) {
        return Struct.of("kind", "Job", "namespace", job.namespace(), "name", job.name(), "uid", job.uid(),
                "apiVersion",
                "batch/v1", "resourceVersion", Long.toString(job.revision()));
    }

    /// Writes the status.
    void write() {
        List<Struct> known = cron.status().seq("active").structs();
        boolean same = known.stream().map(r -> r.text("uid")).toList()
                .equals(active.stream().map(r -> r.text("uid")).toList());
        Struct status = Struct.builder().putUnlessEmpty("active", same ? known : active)
                .putUnlessEmpty("lastScheduleTime", lastSchedule).putUnlessEmpty("lastSuccessfulTime", lastSuccess)
                .build();
        writer.updateStatus(BuiltinResources.CRON_JOBS, cron, status);
    }
}

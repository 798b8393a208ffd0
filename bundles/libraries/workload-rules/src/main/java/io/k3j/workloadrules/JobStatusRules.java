package io.k3j.workloadrules;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Validates writes of a Job's status, as upstream's `ValidateJobStatusUpdate`: who waits for a Job believes its
/// conditions. Rules about several fields hold where one of them changes; what stood there before stays allowed. See
/// <https://kubernetes.io/docs/concepts/workloads/controllers/job/#termination-of-job-pods>. Pure.
final class JobStatusRules {
    private static final String COMPLETE = "Complete";
    private static final String FAILED = "Failed";
    private static final String TARGET = "FailureTarget";
    private static final String MET = "SuccessCriteriaMet";
    private static final String START = "startTime";
    private static final String END = "completionTime";
    private static final String UNCOUNTED = "uncountedTerminatedPods";
    private static final String DONE_INDEXES = "completedIndexes";
    private static final String FAILED_INDEXES = "failedIndexes";
    private static final String ACTIVE = "active";
    private static final String TERMINATING = "terminating";

    /// A status and the one before it.
    ///
    /// @param spec of the Job
    /// @param p the place of the status
    private record Change(Struct spec, Struct old, Struct now, Problems p) {
        boolean is(String type) {
            return holds(now, type);
        }

        boolean of(String field) {
            return !Objects.equals(old.get(field), now.get(field));
        }

        boolean ofCondition(String type) {
            return holds(old, type) != holds(now, type);
        }

        boolean finished() {
            return is(COMPLETE) || is(FAILED);
        }

        boolean ofFinished() {
            return finished() != (holds(old, COMPLETE) || holds(old, FAILED));
        }

        /// Upstream leaves out the value: it is all conditions.
        void refuse(boolean wrong, String why) {
            if (wrong) {
                p.add(new FieldProblem(p.at("conditions").path(), "FieldValueInvalid", "Invalid value: " + why));
            }
        }

        void invalid(boolean wrong, String field, String why) {
            if (wrong) {
                p.at(field).invalid(now.get(field), why);
            }
        }
    }

    private JobStatusRules() {
    }

    private static boolean holds(Struct status, String type) {
        return status.seq("conditions").find("type", type).text("status").equals("True");
    }

    /// Checks a status.
    ///
    /// @param job with the status
    /// @param p the place of the status
    static void check(Struct before, Struct job, Problems p) {
        Change change = new Change(job.struct("spec"), before.struct("status"), job.struct("status"), p);
        if (change.now.equals(change.old)) {
            return;
        }
        counters(change);
        for (String which : List.of("succeeded", "failed")) {
            uncounted(change, which);
        }
        ends(change);
        times(change);
        finished(change);
        indexes(change);
        decreasing(change);
    }

    private static void counters(Change change) {
        for (String field : List.of(ACTIVE, "succeeded", "failed", "ready", TERMINATING)) {
            if (change.of(field)) {
                change.p.notNegative(change.now, field);
            }
        }
        long ready = change.now.whole("ready", 0);
        change.invalid((change.of("ready") || change.of(ACTIVE)) && ready > change.now.whole(ACTIVE, 0), "ready",
                "cannot set more ready pods than active");
    }

    /// A pod is noted once, in either list.
    private static void uncounted(Change change, String which) {
        Seq all = change.now.struct(UNCOUNTED).seq(which);
        Set<String> seen = new HashSet<>(
                which.equals("failed") ? change.now.struct(UNCOUNTED).seq("succeeded").texts() : List.of());
        for (int i = 0; i < all.size() && !change.p.full(); i++) {
            Problems at = change.p.at(UNCOUNTED).at(which, i);
            if (all.text(i).isEmpty()) {
                at.invalid("", "must not be empty");
            } else if (!seen.add(all.text(i))) {
                at.duplicate(all.text(i));
            }
        }
    }

    private static void ends(Change change) {
        boolean complete = change.is(COMPLETE);
        boolean failed = change.is(FAILED);
        boolean completes = change.ofCondition(COMPLETE);
        boolean fails = change.ofCondition(FAILED);
        change.refuse((completes || fails) && complete && failed,
                "cannot set Complete=True and Failed=true conditions");
        change.refuse((completes || change.ofCondition(TARGET)) && complete && change.is(TARGET),
                "cannot set Complete=True and FailureTarget=true conditions");
        change.refuse(fails && failed && !change.is(TARGET),
                "cannot set Failed=True condition without the FailureTarget=true condition");
        change.refuse(completes && complete && !change.is(MET),
                "cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
        boolean met = change.is(MET) && change.of("conditions");
        change.refuse(met && failed, "cannot set SuccessCriteriaMet=True and Failed=true conditions");
        change.refuse(met && change.is(TARGET), "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
        for (String type : List.of(FAILED, COMPLETE, TARGET)) {
            change.refuse(holds(change.old, type) && !change.is(type),
                    "cannot disable the terminal " + type + "=True condition");
        }
        change.refuse(holds(change.old, MET) && !change.is(MET),
                "cannot disable the SuccessCriteriaMet=True condition");
        change.refuse(met && holds(change.old, COMPLETE) && !holds(change.old, MET),
                "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
    }

    private static void times(Change change) {
        boolean ends = change.ofCondition(COMPLETE) || change.of(END);
        boolean complete = change.is(COMPLETE);
        boolean told = change.now.has(END);
        change.invalid(ends && told && !complete, END,
                "cannot set completionTime when there is no Complete=True condition");
        if (ends && !told && complete) {
            change.p.at(END).required("completionTime is required for Complete jobs");
        }
        change.invalid(
                (change.of(START) || change.of(END)) && before(change.now.text(END), change.now.text(START)), END,
                "completionTime cannot be set before startTime");
        change.invalid(told && change.old.has(END) && change.of(END), END, "completionTime cannot be mutated");
        boolean resumes = holds(change.old, "Suspended") && !change.is("Suspended");
        if (change.old.has(START) && change.of(START) && !resumes && !change.spec.flag("suspend")) {
            change.p.at(START).required("startTime cannot be removed for unsuspended job");
        }
    }

    private static boolean before(String one, String other) {
        try {
            return !one.isEmpty() && !other.isEmpty()
                    && OffsetDateTime.parse(one).isBefore(OffsetDateTime.parse(other));
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /// A Job that has ended has no pods.
    private static void finished(Change change) {
        if (!change.finished()) {
            return;
        }
        boolean ends = change.ofFinished();
        change.invalid((ends || change.of(ACTIVE)) && change.now.whole(ACTIVE, 0) > 0, ACTIVE,
                "active>0 is invalid for finished job");
        boolean nothing = change.spec.flag("suspend") && change.spec.whole("completions", -1) == 0;
        if ((ends || change.of(START)) && !change.now.has(START) && !nothing) {
            change.p.at(START).required("startTime is required for finished job");
        }
        Struct uncounted = change.now.struct(UNCOUNTED);
        change.invalid(
                (ends || change.of(UNCOUNTED))
                        && !(uncounted.seq("failed").isEmpty() && uncounted.seq("succeeded").isEmpty()),
                UNCOUNTED, "uncountedTerminatedPods needs to be empty for finished job");
        change.invalid((ends || change.of(TERMINATING)) && change.now.whole(TERMINATING, 0) > 0, TERMINATING,
                "terminating>0 is invalid for finished job");
    }

    private static void indexes(Change change) {
        long most = change.spec.whole("completions", -1);
        boolean perIndex = change.spec.has("backoffLimitPerIndex");
        String done = change.now.text(DONE_INDEXES);
        if (change.of(DONE_INDEXES)) {
            readable(change, DONE_INDEXES, most);
            change.invalid(!done.isEmpty() && !change.spec.text("completionMode").equals("Indexed"), DONE_INDEXES,
                    "cannot set non-empty completedIndexes when non-indexed completion mode");
        }
        if (change.of(FAILED_INDEXES) && change.now.has(FAILED_INDEXES)) {
            if (perIndex) {
                readable(change, FAILED_INDEXES, most);
            } else {
                change.invalid(true, FAILED_INDEXES,
                        "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
            }
        }
        if (change.of(FAILED_INDEXES) || change.of(DONE_INDEXES)) {
            long both = SuccessPolicy.overlap(done, change.now.text(FAILED_INDEXES), most);
            change.invalid(both >= 0, FAILED_INDEXES, "failedIndexes and completedIndexes overlap at index: " + both);
        }
    }

    private static void readable(Change change, String field, long completions) {
        if (completions < 0) {
            return;
        }
        try {
            SuccessPolicy.ranges(change.now.text(field), completions);
        } catch (IllegalArgumentException e) {
            change.invalid(true, field, "error parsing " + field + ": " + e.getMessage());
        }
    }

    /// A Job of as many completions as pods at a time can be made smaller.
    private static void decreasing(Change change) {
        Struct spec = change.spec;
        boolean elastic = spec.text("completionMode").equals("Indexed")
                && spec.whole("completions", -1) == spec.whole("parallelism", -1);
        for (String field : List.of("failed", "succeeded")) {
            boolean may = elastic && field.equals("succeeded");
            long now = change.now.whole(field, 0);
            if (!may && now < change.old.whole(field, 0)) {
                change.p.at(field).invalid(now, "cannot decrease the " + field + " counter");
            }
        }
    }
}

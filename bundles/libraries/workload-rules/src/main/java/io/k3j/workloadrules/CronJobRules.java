package io.k3j.workloadrules;

import io.k3j.apimachinery.CronSchedule;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Rules of CronJobs.
final class CronJobRules implements KindRules {
    private static final int NAME_LENGTH = 52;
    private static final String ZONE = "timeZone";

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return Fill.inside(object, "spec", spec -> {
            Struct s = Fill.in(spec, "concurrencyPolicy", "Allow", "suspend", false);
            s = Fill.in(s, "successfulJobsHistoryLimit", 3L, "failedJobsHistoryLimit", 1L);
            return Fill.inside(s, "jobTemplate", t -> Fill.inside(t, "spec", CronJobRules::template));
        });
    }

    /// Job templates get only what is a default of their parts; the job's defaults are set when a Job is created from
    /// it.
    private static Struct template(Struct spec) {
        Struct s = Fill.inside(spec, "podFailurePolicy", FailurePolicyRules::filled);
        return Fill.inside(s, "template", PodDefaults::template);
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        if (write.of("status")) {
            return;
        }
        if (write.operation() == Operation.CREATE) {
            named(object.struct("metadata").text("name"), problems.at("metadata.name"));
        }
        Struct spec = object.struct("spec");
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        Problems p = problems.at("spec");
        if (p.present(spec, "schedule")) {
            schedule(spec, before, p.at("schedule"));
        }
        zone(spec, before, p.at(ZONE));
        p.requiredOneOf(spec, "concurrencyPolicy", List.of("Allow", "Forbid", "Replace"));
        p.notNegative(spec, "startingDeadlineSeconds");
        p.notNegative(spec, "successfulJobsHistoryLimit");
        p.notNegative(spec, "failedJobsHistoryLimit");
        boolean written = TemplateRules.written(write, object, "spec", "jobTemplate", "spec", "template");
        Struct job = spec.struct("jobTemplate").struct("spec");
        if (write.operation() == Operation.CREATE) {
            job(job, written, p.at("jobTemplate.spec"));
        } else {
            KeptProblems.check(p, now -> job(job, written, now.at("spec.jobTemplate.spec")), then -> job(
                    before.struct("jobTemplate").struct("spec"), false, then.at("spec.jobTemplate.spec")));
        }
    }

    /// The names of Jobs have the time behind the name; one that is there already may be longer.
    private static void named(String name, Problems p) {
        if (name.length() > NAME_LENGTH) {
            p.invalid(name, "must be no more than 52 characters");
        }
    }

    /// Each Job gets a selector of its own.
    private static void job(Struct job, boolean written, Problems p) {
        JobRules.spec(job, written, p);
        if (job.has("selector")) {
            p.at("selector").invalid(job.get("selector"), "`selector` will be auto-generated");
        }
        if (job.flag("manualSelector")) {
            p.add(FieldProblem.unsupported(p.at("manualSelector").path(), true, "\"nil\", \"false\""));
        }
    }

    /// The CronJob controller reads schedules with the same parser, so that none is stored that never runs.
    private static void schedule(Struct spec, Struct before, Problems p) {
        String schedule = spec.text("schedule");
        try {
            CronSchedule.parse(schedule, ZoneOffset.UTC);
        } catch (IllegalArgumentException e) {
            p.invalid(schedule, String.valueOf(e.getMessage()));
        }
        if (!schedule.contains("TZ")) {
            return;
        }
        if (!before.text("schedule").contains("TZ")) {
            p.invalid(schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        } else if (spec.has(ZONE)) {
            p.invalid(schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
        }
    }

    /// A zone that stays is not looked up: it may be gone from the system's list.
    private static void zone(Struct spec, Struct before, Problems p) {
        if (!spec.has(ZONE) || Objects.equals(spec.get(ZONE), before.get(ZONE))) {
            return;
        }
        String zone = spec.text(ZONE);
        if (zone.isEmpty()) {
            p.invalid(zone, "timeZone must be nil or non-empty string");
        } else if (zone.equalsIgnoreCase("Local")) {
            p.invalid(zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        } else if (!known(zone)) {
            p.invalid(zone, "unknown time zone " + zone);
        }
    }

    private static boolean known(String zone) {
        try {
            return ZoneId.of(zone) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        if (!write.subresource().isEmpty()) {
            return List.of();
        }
        Struct spec = o.struct("spec");
        List<String> all = new ArrayList<>(
                TemplateRules.warnings(write, o, true, "spec", "jobTemplate", "spec", "template"));
        if (TemplateRules.written(write, o, "spec")) {
            all.addAll(JobIndexes.warnings(spec.struct("jobTemplate").struct("spec")));
        }
        // one that an older release took; upstream's path names the spec twice
        if (write.operation() == Operation.UPDATE && spec.text("schedule").contains("TZ")) {
            all.add("cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see"
                    + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details");
        }
        return all;
    }
}

package io.k3j.workloadrules;

import io.k3j.apimachinery.CronSchedule;
import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
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

/// Rules of CronJobs.
final class CronJobRules implements KindRules {
    private static final int NAME_LENGTH = 52;

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return Fill.inside(object, "spec", spec -> {
            Struct s = Fill.in(spec, "concurrencyPolicy", "Allow", "suspend", false);
            s = Fill.in(s, "successfulJobsHistoryLimit", 3L, "failedJobsHistoryLimit", 1L);
            return Fill.inside(s, "jobTemplate", t -> Fill.inside(t, "spec", CronJobRules::template));
        });
    }

    /// Job templates get only the pod template's defaults; the job's defaults are set when a Job is created from it.
    private static Struct template(Struct spec) {
        return Fill.inside(spec, "template", PodDefaults::template);
    }

    @Override
    public List<String> name(String name) {
        List<String> wrong = new ArrayList<>(Names.subdomain(name));
        if (name.length() > NAME_LENGTH) {
            wrong.add("must be no more than 52 characters");
        }
        return wrong;
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        if (write.of("status")) {
            return;
        }
        Struct spec = object.struct("spec");
        Problems p = problems.at("spec");
        String zone = spec.text("timeZone");
        if (p.present(spec, "schedule")) {
            schedule(spec.text("schedule"), zone, p.at("schedule"));
        }
        if (spec.has("timeZone") && !known(zone)) {
            p.at("timeZone").invalid(zone, "unknown time zone " + zone);
        }
        p.requiredOneOf(spec, "concurrencyPolicy", List.of("Allow", "Forbid", "Replace"));
        p.notNegative(spec, "startingDeadlineSeconds");
        p.notNegative(spec, "successfulJobsHistoryLimit");
        p.notNegative(spec, "failedJobsHistoryLimit");
        JobRules.spec(spec.struct("jobTemplate").struct("spec"),
                TemplateRules.written(write, object, "spec", "jobTemplate", "spec", "template"),
                p.at("jobTemplate").at("spec"));
    }

    /// The CronJob controller reads schedules with the same parser, so that none is stored that never runs.
    private static void schedule(String schedule, String zone, Problems p) {
        try {
            CronSchedule.parse(schedule, ZoneOffset.UTC);
        } catch (IllegalArgumentException e) {
            p.invalid(schedule, String.valueOf(e.getMessage()));
        }
        if (schedule.contains("TZ") && !zone.isEmpty()) {
            p.invalid(schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
        } else if (schedule.contains("TZ")) {
            p.invalid(schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        }
    }

    private static boolean known(String zone) {
        try {
            return !zone.isEmpty() && !zone.equalsIgnoreCase("Local") && ZoneId.of(zone) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }
}

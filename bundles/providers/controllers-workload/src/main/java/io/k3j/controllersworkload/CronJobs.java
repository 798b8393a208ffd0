package io.k3j.controllersworkload;

import io.k3j.apimachinery.CronSchedule;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.WorkQueue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Creates Jobs on a schedule:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/>.
final class CronJobs implements Reconciler {
    private static final String ACCOUNT = "cronjob-controller";

    private final LiveView crons;
    private final LiveView jobs;
    private final InstantSource clock;
    private final Events events;

    private final ZoneId here;

    private CronJobs(ControllerContext context, ZoneId here) {
        this.here = here;
        this.crons = context.views().of(BuiltinResources.CRON_JOBS);
        this.jobs = Owners.indexed(context.views().of(BuiltinResources.JOBS));
        this.clock = context.clock();
        this.events = context.events("cronjob-controller", ACCOUNT);
    }

    static void add(ControllerContext context) {
        add(context, ZoneId.systemDefault());
    }

    /// @param here the zone of schedules that name none, that of the machine as upstream has it
    static void add(ControllerContext context, ZoneId here) {
        CronJobs all = new CronJobs(context, here);
        WorkQueue queue = context.loop("cronjob-controller", ACCOUNT, 5, all).reads(all.crons)
                .onOwned(all.jobs, "CronJob").queue();
        all.crons.listen((before, after) -> {
            Obj cron = after == null ? before : after;
            if (cron != null) {
                queue.addAfter(cron.key(), before == null || after == null ? Duration.ZERO : all.wait(before, after));
            }
        });
    }

    /// With another schedule the next run is that of the new one: what it would have had before now is no missed run.
    private Duration wait(Obj before, Obj after) {
        boolean same = Stream.of("schedule", "timeZone")
                .allMatch(field -> before.spec().text(field).equals(after.spec().text(field)));
        try {
            return same ? Duration.ZERO
                    : CronJobSync.wait(CronSchedule.parse(after.spec().text("schedule"), zone(after)), clock.instant());
        } catch (IllegalArgumentException | DateTimeException bad) {
            return Duration.ZERO;
        }
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = crons.get(key);
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj cron = found.get();
        List<Obj> mine = Owners.controlled(jobs, cron);
        CronJobSync pass = new CronJobSync(writer, events, clock.instant(), cron, mine);
        pass.tidy();
        try {
            return cron.terminating() ? Requeue.NEVER : scheduled(cron, pass);
        } finally {
            pass.write();
        }
    }

    private Requeue scheduled(Obj cron, CronJobSync pass) {
        String schedule = cron.spec().text("schedule");
        ZoneId zone;
        try {
            zone = zone(cron);
        } catch (DateTimeException unknown) {
            String name = cron.spec().text("timeZone");
            events.warning(cron, "UnknownTimeZone", "invalid timeZone: \"" + name + "\": unknown time zone " + name);
            return Requeue.NEVER;
        }
        if (cron.spec().flag("suspend")) {
            return Requeue.NEVER;
        }
        if (schedule.contains("TZ")) {
            events.warning(cron, "UnsupportedSchedule", "CRON_TZ or TZ used in schedule \"" + schedule
                    + "\" is not officially supported, see"
                    + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details");
        }
        try {
            return pass.schedule(CronSchedule.parse(schedule, zone));
        } catch (IllegalArgumentException bad) {
            events.warning(cron, "UnparseableSchedule",
                    "unparseable schedule: \"" + schedule + "\" : " + bad.getMessage());
            return Requeue.NEVER;
        }
    }

    private ZoneId zone(Obj cron) {
        String name = cron.spec().text("timeZone");
        return name.isEmpty() ? here : ZoneId.of(name);
    }
}

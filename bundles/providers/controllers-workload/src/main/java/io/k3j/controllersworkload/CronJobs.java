package io.k3j.controllersworkload;

import io.k3j.apimachinery.CronSchedule;
import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.DateTimeException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

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
        context.loop("cronjob-controller", ACCOUNT, 1, all).on(all.crons).onOwned(all.jobs, "CronJob");
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = crons.get(key).filter(c -> !c.terminating());
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj cron = found.get();
        List<Obj> mine = Owners.controlled(jobs, cron);
        CronJobSync pass = new CronJobSync(writer, events, clock.instant(), cron, mine);
        pass.tidy();
        Requeue again = Requeue.NEVER;
        try {
            again = pass.schedule(CronSchedule.parse(cron.spec().text("schedule"), zone(cron)));
        } catch (IllegalArgumentException | DateTimeException bad) {
            events.warning(cron, "UnparseableSchedule",
                    "unparseable schedule \"" + cron.spec().text("schedule") + "\" : " + bad.getMessage());
        } catch (ApiFault fault) {
            events.warning(cron, "FailedCreate", "Error creating job: " + fault.getMessage());
            pass.write();
            throw fault;
        }
        pass.write();
        return again;
    }

    private ZoneId zone(Obj cron) {
        String name = cron.spec().text("timeZone");
        return name.isEmpty() ? here : ZoneId.of(name);
    }
}

package io.k3j.controllerscluster;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Times;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Deletes finished Jobs after `ttlSecondsAfterFinished`:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/>.
final class JobTtl implements Reconciler {
    /// As upstream: one deletion that hangs, as in a webhook, keeps no other.
    private static final int WORKERS = 5;
    private final LiveView jobs;
    private final InstantSource clock;

    private JobTtl(ControllerContext context) {
        this.jobs = context.views().of(BuiltinResources.JOBS);
        this.clock = context.clock();
    }

    static void add(ControllerContext context) {
        JobTtl all = new JobTtl(context);
        context.loop("ttl-after-finished-controller", "ttl-after-finished-controller", WORKERS, all).on(all.jobs);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = jobs.get(key).filter(j -> !j.terminating() && j.spec().has("ttlSecondsAfterFinished"));
        Optional<Instant> end = found.flatMap(JobTtl::finishedAt);
        if (end.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj job = found.get();
        Instant due = end.get().plusSeconds(job.spec().whole("ttlSecondsAfterFinished", 0));
        Duration remaining = Duration.between(clock.instant(), due);
        if (remaining.isPositive()) {
            return Requeue.after(remaining);
        }
        writer.delete(BuiltinResources.JOBS, job, DeleteOptions.PLAIN.propagating("Foreground"));
        return Requeue.NEVER;
    }

    private static Optional<Instant> finishedAt(Obj job) {
        for (Struct c : job.status().seq("conditions").structs()) {
            boolean end = c.text("type").equals("Complete") || c.text("type").equals("Failed");
            if (end && c.text("status").equals("True")) {
                return Times.parse(c.text("lastTransitionTime"));
            }
        }
        return Optional.empty();
    }
}

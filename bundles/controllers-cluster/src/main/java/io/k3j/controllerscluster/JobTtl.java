package io.k3j.controllerscluster;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Times;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Deletes Jobs some time after they have finished:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/>.
final class JobTtl implements Reconciler {
    private final LiveView jobs;
    private final InstantSource clock;

    private JobTtl(Desk desk) {
        this.jobs = desk.views().of(Resources.JOBS);
        this.clock = desk.clock();
    }

    static void add(Desk desk) {
        JobTtl all = new JobTtl(desk);
        desk.loop("ttl-after-finished-controller", "ttl-after-finished-controller", 1, all).on(all.jobs);
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> found = jobs.get(key).filter(j -> !j.terminating() && j.spec().has("ttlSecondsAfterFinished"));
        Optional<Instant> end = found.flatMap(JobTtl::finishedAt);
        if (end.isEmpty()) {
            return Again.NEVER;
        }
        Obj job = found.get();
        Instant due = end.get().plusSeconds(job.spec().whole("ttlSecondsAfterFinished", 0));
        Duration left = Duration.between(clock.instant(), due);
        if (left.isPositive()) {
            return Again.after(left);
        }
        writer.delete(Resources.JOBS, job, DeleteOptions.PLAIN.propagating("Foreground"));
        return Again.NEVER;
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

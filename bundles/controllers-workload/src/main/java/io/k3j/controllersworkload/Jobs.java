package io.k3j.controllersworkload;

import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Claims;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Runs pods until enough of them have succeeded:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/job/>.
final class Jobs implements Reconciler {
    private static final String ACCOUNT = "job-controller";
    private static final String TRACKED = "tracked";

    private final LiveView jobs;
    private final LiveView pods;
    private final InstantSource clock;
    private final Events events;

    private Jobs(Desk desk) {
        this.clock = desk.clock();
        this.jobs = desk.views().of(Resources.JOBS);
        this.pods = Owners.indexed(desk.views().of(Resources.PODS)).index(TRACKED, Jobs::trackedFor);
        this.events = desk.events("job-controller", ACCOUNT);
    }

    static void add(Desk desk) {
        Jobs all = new Jobs(desk);
        desk.loop("job-controller", ACCOUNT, 4, all).on(all.jobs).onOwned(all.pods, "Job");
    }

    private static List<String> trackedFor(Obj pod) {
        return pod.finalizers().contains(JobSpec.FINALIZER)
                ? Owners.controllerKey(pod, "Job").map(k -> List.of(k.toString())).orElse(List.of())
                : List.of();
    }

    private static Selector selector(Obj job) {
        Struct selector = job.spec().struct("selector");
        return selector.isEmpty() ? Selector.NOTHING : Selector.of(selector);
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> found = jobs.get(key);
        String uid = found.map(Obj::uid).orElse("");
        boolean over = found.isEmpty() || JobPass.finished(found.get());
        for (Obj pod : pods.by(TRACKED, key.toString())) {
            boolean ours = pod.controller().map(c -> c.text("uid").equals(uid)).orElse(false);
            if (over || !ours) {
                JobPass.release(writer, pod);
            }
        }
        boolean foreign = found.map(j -> j.spec().has("managedBy")
                && !j.spec().text("managedBy").equals("kubernetes.io/job-controller")).orElse(false);
        if (over || foreign) {
            return Again.NEVER;
        }
        Obj job = found.get();
        List<Obj> mine = new Claims(writer, Resources.PODS, Resources.JOBS, job, selector(job)).of(pods);
        return new JobPass(writer, events, clock.instant(), job, mine).run();
    }
}

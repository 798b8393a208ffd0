package io.k3j.controllersworkload;

import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerRefs;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
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

    private Jobs(ControllerContext context) {
        this.clock = context.clock();
        this.jobs = context.views().of(BuiltinResources.JOBS);
        this.pods = Owners.indexed(context.views().of(BuiltinResources.PODS)).index(TRACKED, Jobs::trackedFor);
        this.events = context.events("job-controller", ACCOUNT);
    }

    static void add(ControllerContext context) {
        Jobs all = new Jobs(context);
        context.loop("job-controller", ACCOUNT, 4, all).on(all.jobs).onOwned(all.pods, "Job");
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
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = jobs.get(key);
        String uid = found.map(Obj::uid).orElse("");
        boolean over = found.isEmpty() || JobSync.finished(found.get());
        for (Obj pod : pods.by(TRACKED, key.toString())) {
            boolean ours = pod.controller().map(c -> c.text("uid").equals(uid)).orElse(false);
            if (over || !ours) {
                JobSync.release(writer, pod);
            }
        }
        boolean foreign = found.map(j -> j.spec().has("managedBy")
                && !j.spec().text("managedBy").equals("kubernetes.io/job-controller")).orElse(false);
        if (over || foreign) {
            return Requeue.NEVER;
        }
        Obj job = found.get();
        List<Obj> mine = new ControllerRefs(writer, BuiltinResources.PODS, BuiltinResources.JOBS, job, selector(job))
                .of(pods);
        return new JobSync(writer, events, clock.instant(), job, mine).run();
    }
}

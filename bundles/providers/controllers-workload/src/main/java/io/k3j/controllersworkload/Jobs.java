package io.k3j.controllersworkload;

import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerRefs;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.IndependentSteps;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Selected;
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
        context.loop("job-controller", ACCOUNT, 5, all).on(all.jobs).onOwned(all.pods, "Job")
                .on(all.pods, Selected.orphans(all.jobs, Jobs::selector));
        context.loop("job-orphan-pods", ACCOUNT, 1, all::letGo)
                .on(all.pods, p -> leftBehind(p) ? List.of(p.key()) : List.of());
    }

    private static List<String> trackedFor(Obj pod) {
        return pod.finalizers().contains(JobSpec.FINALIZER) && pod.controller().filter(Jobs::ours).isPresent()
                ? Owners.controllerKey(pod, "Job").map(k -> List.of(k.toString())).orElse(List.of())
                : List.of();
    }

    private static boolean ours(Struct owner) {
        return owner.text("apiVersion").equals("batch/v1");
    }

    /// Whether a Job that was deleted without its pods, or no longer selects this one, still holds it.
    private static boolean leftBehind(Obj pod) {
        return Owners.orphan(pod) && pod.finalizers().contains(JobSpec.FINALIZER);
    }

    private Requeue letGo(Key key, ExpectingWriter writer) {
        pods.get(key).filter(Jobs::leftBehind).ifPresent(pod -> JobSync.release(writer, pod));
        return Requeue.NEVER;
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
        boolean foreign = found.map(j -> j.spec().has("managedBy")
                && !j.spec().text("managedBy").equals("kubernetes.io/job-controller")).orElse(false);
        IndependentSteps steps = new IndependentSteps();
        for (Obj pod : pods.by(TRACKED, key.toString())) {
            boolean ours = pod.controller().map(c -> c.text("uid").equals(uid)).orElse(false);
            if (!ours || over && !foreign) {
                steps.make(() -> JobSync.release(writer, pod));
            }
        }
        Requeue again = over || foreign ? Requeue.NEVER : sync(found.get(), writer);
        steps.end();
        return again;
    }

    private Requeue sync(Obj job, ExpectingWriter writer) {
        List<Obj> mine = new ControllerRefs(writer, BuiltinResources.PODS, BuiltinResources.JOBS, job, selector(job),
                JobSpec.FINALIZER).of(pods);
        return new JobSync(writer, events, clock.instant(), job, mine).run();
    }
}

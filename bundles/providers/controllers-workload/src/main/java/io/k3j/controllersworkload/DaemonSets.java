package io.k3j.controllersworkload;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerRefs;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.IndependentSteps;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Selected;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.ControllerRevisions;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Runs one pod on each eligible node:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/>.
final class DaemonSets implements Reconciler {
    private static final String ACCOUNT = "daemon-set-controller";

    private final LiveView sets;
    private final LiveView pods;
    private final LiveView nodes;
    private final LiveView revisions;
    private final InstantSource clock;
    private final Events events;
    private final FailedPodsBackOff failures = new FailedPodsBackOff();

    private DaemonSets(ControllerContext context) {
        this.clock = context.clock();
        this.sets = context.views().of(BuiltinResources.DAEMON_SETS);
        this.pods = Owners.indexed(context.views().of(BuiltinResources.PODS));
        this.nodes = context.views().of(BuiltinResources.NODES);
        this.revisions = Owners.indexed(context.views().of(BuiltinResources.CONTROLLER_REVISIONS));
        this.events = context.events("daemonset-controller", ACCOUNT);
    }

    static void add(ControllerContext context) {
        DaemonSets all = new DaemonSets(context);
        Controller loop = context.loop("daemonset-controller", ACCOUNT, 2, all);
        loop.on(all.sets).onOwned(all.pods, "DaemonSet").on(all.pods, Selected.orphans(all.sets, DaemonSets::selector))
                .onOwned(all.revisions, "DaemonSet").reads(all.nodes);
        all.nodes.listen((before, after) -> {
            boolean same = before != null && after != null && before.spec().equals(after.spec())
                    && before.labels().equals(after.labels());
            if (!same) {
                all.sets.list().forEach(s -> loop.queue().add(s.key()));
            }
        });
    }

    private static Selector selector(Obj set) {
        Struct selector = set.spec().struct("selector");
        return selector.isEmpty() ? Selector.NOTHING : Selector.of(selector);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = sets.get(key).filter(s -> !s.terminating());
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj owner = found.get();
        ControllerRevisions history = new ControllerRevisions(revisions,
                new ControllerRefs(writer, BuiltinResources.CONTROLLER_REVISIONS, BuiltinResources.DAEMON_SETS, owner,
                        selector(owner)));
        String hash = ControllerRevisions.hash(history.current());
        Obj set = history.counted();
        List<Obj> mine = new ControllerRefs(writer, BuiltinResources.PODS, BuiltinResources.DAEMON_SETS, set,
                selector(set)).of(pods);
        Instant now = clock.instant();
        FailedPodsBackOff.OfSet rests = failures.of(set.uid(), now);
        DaemonPlan plan = DaemonPlan.of(set, mine, nodes.list(), hash, now, rests);
        IndependentSteps steps = carriedOut(plan, set, hash, new PodControl(writer, events, set), rests);
        steps.make(() -> history.trim(set.spec().whole("revisionHistoryLimit", 10), mine, Set.of(hash)));
        writer.updateStatus(BuiltinResources.DAEMON_SETS, set, plan.status());
        @Nullable
        ApiFault fault = steps.fault();
        if (fault != null && !fault.namespaceTerminating()) {
            throw fault;
        }
        long minReady = set.spec().whole("minReadySeconds", 0);
        boolean waits = mine.stream().anyMatch(p -> Pods.ready(p) && !Pods.available(p, minReady, now));
        return rests.again().or(minReady > 0 && waits ? Requeue.after(Duration.ofSeconds(minReady)) : Requeue.NEVER);
    }

    /// What is refused keeps nothing else from being done, new pods first, nor the status from being told.
    private IndependentSteps carriedOut(DaemonPlan plan, Obj set, String hash, PodControl door,
            FailedPodsBackOff.OfSet rests) {
        IndependentSteps steps = new IndependentSteps();
        int burst = Math.min(PodControl.BURST, plan.create().size());
        steps.make(() -> door.create(burst, i -> pod(set, plan.create().get(i), hash)));
        plan.delete().stream().filter(Pods::finished).forEach(pod -> tell(set, pod, rests));
        steps.each(plan.delete(), door::delete);
        return steps;
    }

    private void tell(Obj set, Obj pod, FailedPodsBackOff.OfSet rests) {
        boolean failed = Pods.phase(pod).equals("Failed");
        events.tell(Events.reference(set), failed ? "Warning" : "Normal",
                failed ? "FailedDaemonPod" : "SucceededDaemonPod",
                "Found " + (failed ? "failed" : "succeeded") + " daemon pod " + pod.key() + " on node "
                        + Pods.node(pod) + ", will try to " + (failed ? "kill" : "delete") + " it");
        if (failed) {
            rests.next(DaemonNodes.target(pod));
        }
    }

    private static Obj pod(Obj set, String node, String hash) {
        Struct template = set.spec().struct("template")
                .withAt(hash, "metadata", "labels", ControllerRevisions.LABEL)
                .withAt(set.annotations().getOrDefault(DaemonPlan.GENERATION, Long.toString(set.generation())),
                        "metadata", "labels", DaemonPlan.POD_GENERATION);
        return PodTemplates.pod(set, template.with("spec", DaemonNodes.pinned(template.struct("spec"), node)));
    }
}

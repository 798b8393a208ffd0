package io.k3j.controllersworkload;

import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerRefs;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Selected;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
        Obj set = found.get();
        ControllerRevisions history = new ControllerRevisions(writer, revisions, set);
        String hash = ControllerRevisions.hash(history.current(set.status().whole("collisionCount", 0)));
        List<Obj> mine = new ControllerRefs(writer, BuiltinResources.PODS, BuiltinResources.DAEMON_SETS, set,
                selector(set)).of(pods);
        DaemonPlan plan = DaemonPlan.of(set, mine, nodes.list(), hash, clock.instant());
        PodControl door = new PodControl(writer, events, set);
        for (Obj pod : plan.delete()) {
            if (Pods.finished(pod)) {
                boolean failed = Pods.phase(pod).equals("Failed");
                events.tell(Events.reference(set), failed ? "Warning" : "Normal",
                        failed ? "FailedDaemonPod" : "SucceededDaemonPod", "Found " + (failed ? "failed" : "succeeded")
                                + " daemon pod " + pod.key() + " on node " + Pods.node(pod)
                                + ", will try to delete it");
            }
            door.delete(pod);
        }
        door.create(Math.min(PodControl.BURST, plan.create().size()), i -> pod(set, plan.create().get(i), hash));
        history.trim(set.spec().whole("revisionHistoryLimit", 10), mine, Set.of(hash));
        writer.updateStatus(BuiltinResources.DAEMON_SETS, set, plan.status());
        long minReady = set.spec().whole("minReadySeconds", 0);
        boolean waits = mine.stream().anyMatch(p -> Pods.ready(p) && !Pods.available(p, minReady, clock.instant()));
        return minReady > 0 && waits ? Requeue.after(Duration.ofSeconds(minReady)) : Requeue.NEVER;
    }

    private static Obj pod(Obj set, String node, String hash) {
        Struct template = set.spec().struct("template")
                .withAt(hash, "metadata", "labels", ControllerRevisions.LABEL)
                .withAt(set.annotations().getOrDefault("deprecated.daemonset.template.generation",
                        Long.toString(set.generation())), "metadata", "labels", "pod-template-generation");
        return PodTemplates.pod(set, template.with("spec", DaemonNodes.pinned(template.struct("spec"), node)));
    }
}

package io.k3j.controllersworkload;

import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerRefs;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Selected;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Rolls out Deployments by ReplicaSets:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/deployment/>.
final class Deployments implements Reconciler {
    private static final String ACCOUNT = "deployment-controller";
    private static final Duration SOONEST = Duration.ofSeconds(1);

    private final LiveView deployments;
    private final LiveView sets;
    private final LiveView pods;
    private final InstantSource clock;
    private final Events events;

    private Deployments(ControllerContext context) {
        this.clock = context.clock();
        this.deployments = context.views().of(BuiltinResources.DEPLOYMENTS);
        this.sets = Owners.indexed(context.views().of(BuiltinResources.REPLICA_SETS));
        this.pods = Owners.indexed(context.views().of(BuiltinResources.PODS));
        this.events = context.events("deployment-controller", ACCOUNT);
    }

    static void add(ControllerContext context) {
        Deployments all = new Deployments(context);
        Controller loop = context.loop("deployment-controller", ACCOUNT, 5, all);
        loop.on(all.deployments).onOwned(all.sets, "Deployment")
                .on(all.sets, Selected.orphans(all.deployments, Deployments::selector)).reads(all.pods);
        all.pods.listen((before, after) -> {
            if (before != null && after == null) {
                all.recreating(before).ifPresent(loop.queue()::add);
            }
        });
    }

    /// The key of the Recreate deployment that may wait for this pod's deletion.
    private Optional<Key> recreating(Obj pod) {
        return Owners.controllerKey(pod, "ReplicaSet").flatMap(sets::get)
                .flatMap(s -> Owners.controllerKey(s, "Deployment")).flatMap(deployments::get)
                .filter(d -> d.spec().struct("strategy").text("type").equals("Recreate")).map(Obj::key);
    }

    private static Selector selector(Obj deployment) {
        Struct selector = deployment.spec().struct("selector");
        return selector.isEmpty() ? Selector.NOTHING : Selector.of(selector);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = deployments.get(key);
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj deployment = found.get();
        if (deployment.spec().struct("selector").isEmpty()) {
            events.warning(deployment, "SelectingAll",
                    "This deployment is selecting all pods. A non-empty selector is required.");
            return Requeue.NEVER;
        }
        List<Obj> mine = new ControllerRefs(writer, BuiltinResources.REPLICA_SETS, BuiltinResources.DEPLOYMENTS,
                deployment,
                selector(deployment)).of(sets);
        DeploymentSync pass = new DeploymentSync(writer, events, clock, pods, Rollout.of(deployment, mine));
        return again(pass.run(), clock.instant());
    }

    /// When the progress deadline has to be looked at. One that is paused or goes makes no progress to wait for.
    static Requeue again(Obj written, Instant now) {
        if (written.terminating() || written.spec().flag("paused")) {
            return Requeue.NEVER;
        }
        return DeploymentStatus.left(written, now)
                .map(left -> Requeue.after(SOONEST.plus(left.isNegative() ? Duration.ZERO : left)))
                .orElse(Requeue.NEVER);
    }
}

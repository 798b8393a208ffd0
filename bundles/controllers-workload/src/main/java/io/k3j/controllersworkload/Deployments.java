package io.k3j.controllersworkload;

import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Claims;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Loop;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Selected;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Rolls Deployments out over ReplicaSets:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/deployment/>.
final class Deployments implements Reconciler {
    private static final String ACCOUNT = "deployment-controller";

    private final LiveView deployments;
    private final LiveView sets;
    private final LiveView pods;
    private final InstantSource clock;
    private final Events events;

    private Deployments(Desk desk) {
        this.clock = desk.clock();
        this.deployments = desk.views().of(Resources.DEPLOYMENTS);
        this.sets = Owners.indexed(desk.views().of(Resources.REPLICA_SETS));
        this.pods = Owners.indexed(desk.views().of(Resources.PODS));
        this.events = desk.events("deployment-controller", ACCOUNT);
    }

    static void add(Desk desk) {
        Deployments all = new Deployments(desk);
        Loop loop = desk.loop("deployment-controller", ACCOUNT, 4, all);
        loop.on(all.deployments).onOwned(all.sets, "Deployment")
                .on(all.sets, Selected.orphans(all.deployments, Deployments::selector)).reads(all.pods);
        all.pods.listen((before, after) -> {
            if (before != null && after == null) {
                all.recreating(before).ifPresent(loop.queue()::add);
            }
        });
    }

    /// The Recreate deployment that may have waited for this pod to go.
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
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> found = deployments.get(key);
        if (found.isEmpty()) {
            return Again.NEVER;
        }
        Obj deployment = found.get();
        if (deployment.spec().struct("selector").isEmpty()) {
            events.warning(deployment, "SelectingAll",
                    "This deployment is selecting all pods. A non-empty selector is required.");
            return Again.NEVER;
        }
        List<Obj> mine = new Claims(writer, Resources.REPLICA_SETS, Resources.DEPLOYMENTS, deployment,
                selector(deployment)).of(sets);
        DeploymentPass pass = new DeploymentPass(writer, events, clock, pods, Rollout.of(deployment, mine));
        Obj written = pass.run();
        return DeploymentStatus.left(written, clock.instant()).map(l -> Again.after(l.plus(Duration.ofSeconds(1))))
                .orElse(Again.NEVER);
    }
}

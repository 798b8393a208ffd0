package io.k3j.controllersworkload;

import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerRefs;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Runs pods with stable names and volumes, in order:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/>.
final class StatefulSets implements Reconciler {
    private static final String ACCOUNT = "statefulset-controller";

    private final LiveView sets;
    private final LiveView pods;
    private final LiveView claims;
    private final LiveView revisions;
    private final InstantSource clock;
    private final Events events;
    private final boolean maxUnavailable;

    private StatefulSets(ControllerContext context, FeatureGates gates) {
        this.maxUnavailable = gates.enabled(FeatureGate.MAX_UNAVAILABLE_STATEFUL_SET);
        this.clock = context.clock();
        this.sets = context.views().of(BuiltinResources.STATEFUL_SETS);
        this.pods = Owners.indexed(context.views().of(BuiltinResources.PODS));
        this.claims = context.views().of(BuiltinResources.PERSISTENT_VOLUME_CLAIMS);
        this.revisions = Owners.indexed(context.views().of(BuiltinResources.CONTROLLER_REVISIONS));
        this.events = context.events("statefulset-controller", ACCOUNT);
    }

    static void add(ControllerContext context, FeatureGates gates) {
        StatefulSets all = new StatefulSets(context, gates);
        context.loop("statefulset-controller", ACCOUNT, 5, all).on(all.sets).onOwned(all.pods, "StatefulSet")
                .on(all.pods, Selected.orphans(all.sets, StatefulSets::selector)).reads(all.revisions)
                .on(all.claims, all::claimants);
    }

    /// By name: a claim that is missing, or whose owners somebody has changed, names no set.
    private List<Key> claimants(Obj claim) {
        return StatefulPods.setsOf(claim).stream()
                .flatMap(name -> sets.get(new Key(claim.namespace(), name)).stream())
                .filter(s -> StatefulPods.claimed(s, claim)).map(Obj::key).toList();
    }

    private static Selector selector(Obj set) {
        Struct selector = set.spec().struct("selector");
        return selector.isEmpty() ? Selector.NOTHING : Selector.of(selector);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = sets.get(key);
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj owner = found.get();
        ControllerRevisions history = new ControllerRevisions(revisions,
                new ControllerRefs(writer, BuiltinResources.CONTROLLER_REVISIONS, BuiltinResources.STATEFUL_SETS, owner,
                        selector(owner)));
        Obj update = history.current();
        Obj set = history.counted();
        String named = set.status().text("currentRevision");
        Obj current = history.all().stream().filter(r -> r.name().equals(named)).findFirst().orElse(update);
        List<Obj> mine = new ControllerRefs(writer, BuiltinResources.PODS, BuiltinResources.STATEFUL_SETS, set,
                selector(set)).of(pods)
                .stream()
                .filter(p -> StatefulPods.ordinal(set, p) >= 0).toList();
        StatefulSetSync.Tools tools = new StatefulSetSync.Tools(writer, events, claims, clock.instant(),
                maxUnavailable);
        new StatefulSetSync(tools, set, current, update, mine).run();
        history.trim(set.spec().whole("revisionHistoryLimit", 10), mine,
                Set.copyOf(List.of(current.name(), update.name())));
        long minReady = set.spec().whole("minReadySeconds", 0);
        return minReady > 0 ? Requeue.after(Duration.ofSeconds(minReady)) : Requeue.NEVER;
    }
}

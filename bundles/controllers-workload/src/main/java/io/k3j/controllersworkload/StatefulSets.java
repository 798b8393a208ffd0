package io.k3j.controllersworkload;

import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Claims;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
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
import java.util.Set;

/// Keeps pods with names and volumes of their own, in order:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/>.
final class StatefulSets implements Reconciler {
    private static final String ACCOUNT = "statefulset-controller";

    private final LiveView sets;
    private final LiveView pods;
    private final LiveView revisions;
    private final InstantSource clock;
    private final Events events;

    private StatefulSets(Desk desk) {
        this.clock = desk.clock();
        this.sets = desk.views().of(Resources.STATEFUL_SETS);
        this.pods = Owners.indexed(desk.views().of(Resources.PODS));
        this.revisions = Owners.indexed(desk.views().of(Resources.CONTROLLER_REVISIONS));
        this.events = desk.events("statefulset-controller", ACCOUNT);
    }

    static void add(Desk desk) {
        StatefulSets all = new StatefulSets(desk);
        desk.loop("statefulset-controller", ACCOUNT, 2, all).on(all.sets).onOwned(all.pods, "StatefulSet")
                .on(all.pods, Selected.orphans(all.sets, StatefulSets::selector)).reads(all.revisions);
    }

    private static Selector selector(Obj set) {
        Struct selector = set.spec().struct("selector");
        return selector.isEmpty() ? Selector.NOTHING : Selector.of(selector);
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> found = sets.get(key);
        if (found.isEmpty()) {
            return Again.NEVER;
        }
        Obj set = found.get();
        Revisions history = new Revisions(writer, revisions, set);
        Obj update = history.current(set.status().whole("collisionCount", 0));
        String named = set.status().text("currentRevision");
        Obj current = history.all().stream().filter(r -> r.name().equals(named)).findFirst().orElse(update);
        List<Obj> mine = new Claims(writer, Resources.PODS, Resources.STATEFUL_SETS, set, selector(set)).of(pods)
                .stream()
                .filter(p -> StatefulPods.ordinal(set, p) >= 0).toList();
        new StatefulPass(new StatefulPass.Tools(writer, events, clock.instant()), set, current, update, mine).run();
        history.trim(set.spec().whole("revisionHistoryLimit", 10), mine,
                Set.copyOf(List.of(current.name(), update.name())));
        long minReady = set.spec().whole("minReadySeconds", 0);
        return minReady > 0 ? Again.after(Duration.ofSeconds(minReady)) : Again.NEVER;
    }
}

package io.k3j.controllersworkload;

import io.k3j.controllerkit.IntOrPercent;
import io.k3j.controllerkit.Pods;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The part of a plan that a DaemonSet with `maxSurge` needs: a pod of the new template begins beside the old one,
/// which goes when the new one is available, or when the old one is not ready itself. Pure; for one plan.
final class DaemonSurge {
    private final Struct rules;
    private final Predicate<Obj> updated;
    private final Predicate<Obj> available;
    private final List<String> candidates = new ArrayList<>();
    private final List<Obj> leaving = new ArrayList<>();
    private int surging;
    private int up;

    DaemonSurge(Obj set, Predicate<Obj> updated, Instant now) {
        this.rules = rules(set);
        this.updated = updated;
        long minReady = set.spec().whole("minReadySeconds", 0);
        this.available = p -> Pods.available(p, minReady, now);
    }

    /// Whether two pods of a set may be on a node at a time.
    static boolean allowed(Obj set) {
        return !set.spec().struct("updateStrategy").text("type").equals("OnDelete")
                && IntOrPercent.resolve(rules(set).get("maxSurge"), 1, true) > 0;
    }

    private static Struct rules(Obj set) {
        return set.spec().struct("updateStrategy").struct("rollingUpdate");
    }

    /// A node on which pods run; of several with the same template the oldest stays.
    /// @param run whether a pod should run there
    /// @param running the oldest first, none that is being deleted
    void node(String node, boolean run, List<Obj> running, List<String> create, List<Obj> delete) {
        List<Obj> fresh = running.stream().filter(updated).toList();
        List<Obj> old = running.stream().filter(updated.negate()).toList();
        if (fresh.size() > 1 || old.size() > 1) {
            fresh.stream().skip(1).forEach(delete::add);
            old.stream().skip(1).forEach(delete::add);
            surging++;
            return;
        }
        if ((old.isEmpty() ? fresh : old).stream().anyMatch(available)) {
            up++;
        }
        if (!old.isEmpty() && fresh.isEmpty()) {
            replace(node, run, old.getFirst(), create, delete);
        } else if (!old.isEmpty()) {
            pair(old.getFirst(), fresh.getFirst(), delete);
        }
    }

    /// The surge is for available pods only: where the old one is of no use, the new one begins at once.
    private void replace(String node, boolean run, Obj old, List<String> create, List<Obj> delete) {
        boolean useful = available.test(old);
        if (run) {
            (useful ? candidates : create).add(node);
        } else {
            (useful ? leaving : delete).add(old);
        }
    }

    private void pair(Obj old, Obj fresh, List<Obj> delete) {
        if (available.test(fresh) || !Pods.ready(old)) {
            delete.add(old);
        } else {
            surging++;
        }
    }

    /// Surges on as many nodes as are left, and takes pods from nodes that should have none as far as there are enough.
    /// @param desired on how many nodes a pod should run
    void roll(int desired, List<String> create, List<Obj> delete) {
        int most = IntOrPercent.resolve(rules.get("maxSurge"), desired, true);
        candidates.stream().limit(Math.max(0, most - surging)).forEach(create::add);
        leaving.stream().limit(Math.max(0, up - desired)).forEach(delete::add);
    }
}

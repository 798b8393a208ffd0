package io.k3j.controllersworkload;

import io.k3j.model.Obj;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Computes the sizes of ReplicaSets. Pure.
final class Scaling {
    /// The next size of one ReplicaSet.
    record Size(Obj set, long replicas) {
    }

    private Scaling() {
    }

    /// The sizes of old ReplicaSets in a rolling update: unhealthy pods are removed first, then as many as
    /// availability allows.
    static List<Size> shrunk(Rollout rollout) {
        long all = Rollout.sum(rollout.all());
        long minimum = rollout.wanted() - rollout.maxUnavailable();
        Obj newSet = rollout.newSet();
        long freshMissing = newSet == null
                ? 0
                : Rollout.replicas(newSet) - newSet.status().whole("availableReplicas", 0);
        long most = all - minimum - freshMissing;
        if (Rollout.sum(rollout.old()) == 0 || most <= 0) {
            return List.of();
        }
        List<Size> sizes = withoutBroken(rollout.old(), most);
        long spare = Rollout.statusSum(rollout.all(), "availableReplicas") - minimum;
        return changed(withoutSpare(sizes, spare));
    }

    private static List<Size> withoutBroken(List<Obj> old, long most) {
        List<Size> sizes = new ArrayList<>();
        long left = most;
        for (Obj set : old) {
            long broken = Rollout.replicas(set) - set.status().whole("availableReplicas", 0);
            long cut = Math.clamp(broken, 0, left);
            left -= cut;
            sizes.add(new Size(set, Rollout.replicas(set) - cut));
        }
        return sizes;
    }

    private static List<Size> withoutSpare(List<Size> sizes, long spare) {
        List<Size> next = new ArrayList<>();
        long left = Math.max(0, spare);
        for (Size size : sizes) {
            long cut = Math.min(size.replicas(), left);
            left -= cut;
            next.add(new Size(size.set(), size.replicas() - cut));
        }
        return next;
    }

    /// The sizes after a deployment was scaled during a rollout: proportional scaling.
    static List<Size> proportional(Rollout rollout) {
        List<Obj> active = rollout.all().stream().filter(s -> Rollout.replicas(s) > 0).toList();
        long allowed = rollout.wanted() > 0 ? rollout.wanted() + rollout.maxSurge() : 0;
        long add = allowed - Rollout.sum(active);
        Comparator<Obj> bySize = Comparator.<Obj>comparingLong(s -> -Rollout.replicas(s))
                .thenComparing(add > 0 ? Rollout.OLDEST_FIRST.reversed() : Rollout.OLDEST_FIRST);
        List<Size> sizes = new ArrayList<>();
        long added = 0;
        for (Obj set : active.stream().sorted(bySize).toList()) {
            long share = share(rollout, set, add - added);
            added += share;
            sizes.add(new Size(set, Rollout.replicas(set) + share));
        }
        if (add != 0 && !sizes.isEmpty()) {
            Size first = sizes.getFirst();
            sizes.set(0, new Size(first.set(), Math.max(0, first.replicas() + add - added)));
        }
        return sizes;
    }

    private static long share(Rollout rollout, Obj set, long left) {
        if (left == 0) {
            return 0;
        }
        long size = Rollout.replicas(set);
        long fraction = -size;
        if (rollout.wanted() != 0) {
            long before = Rollout.annotation(set, Rollout.MAXIMUM)
                    .orElse(rollout.deployment().status().whole("replicas", 0));
            long now = rollout.wanted() + rollout.maxSurge();
            fraction = before == 0 ? 0 : Math.round((double) (size * now) / before) - size;
        }
        return left > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
    }

    private static List<Size> changed(List<Size> sizes) {
        return sizes.stream().filter(s -> s.replicas() != Rollout.replicas(s.set())).toList();
    }
}

package io.k3j.scheduler;

import io.k3j.model.Struct;
import java.util.List;

/// A pod's toleration of taints: <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/>.
record Toleration(String key, boolean exists, String value, String effect) {
    /// A node's taint.
    record Taint(String key, String value, String effect) {
        static List<Taint> of(Struct nodeSpec) {
            return nodeSpec.seq("taints").structs().stream()
                    .map(t -> new Taint(t.text("key"), t.text("value"), t.text("effect"))).toList();
        }
    }

    static List<Toleration> of(Struct podSpec) {
        return podSpec.seq("tolerations").structs().stream().map(t -> new Toleration(t.text("key"),
                t.text("operator").equals("Exists"), t.text("value"), t.text("effect"))).toList();
    }

    boolean tolerates(Taint taint) {
        if (!effect.isEmpty() && !effect.equals(taint.effect())) {
            return false;
        }
        if (!key.isEmpty() && !key.equals(taint.key())) {
            return false;
        }
        return exists || value.equals(taint.value()) && !key.isEmpty();
    }

    static boolean tolerated(List<Toleration> tolerations, Taint taint) {
        for (Toleration t : tolerations) {
            if (t.tolerates(taint)) {
                return true;
            }
        }
        return false;
    }
}

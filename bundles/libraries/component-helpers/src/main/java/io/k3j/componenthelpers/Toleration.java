package io.k3j.componenthelpers;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/// A pod's toleration of taints, as upstream's `ToleratesTaint`:
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/>.
///
/// @param key empty for taints of any key
/// @param exists whether the value of the taint does not matter (`operator: Exists`)
/// @param effect empty for taints of any effect
/// @param seconds for how long, 0 at the least; empty for ever
public record Toleration(String key, boolean exists, String value, String effect, OptionalLong seconds) {
    private static final Set<String> OPERATORS = Set.of("", "Equal", "Exists");

    /// Those of a list, as `spec.tolerations` of a Pod. One with another operator (`Lt`, `Gt`), as a datastore that was
    /// taken over may have it, tolerates nothing, as upstream by default, and is left out.
    public static List<Toleration> of(Seq tolerations) {
        return tolerations.structs().stream().filter(t -> OPERATORS.contains(t.text("operator")))
                .map(Toleration::of).toList();
    }

    private static Toleration of(Struct t) {
        OptionalLong seconds = t.has("tolerationSeconds")
                ? OptionalLong.of(Math.max(0, t.whole("tolerationSeconds", 0))) : OptionalLong.empty();
        return new Toleration(t.text("key"), t.text("operator").equals("Exists"), t.text("value"), t.text("effect"),
                seconds);
    }

    /// Whether it tolerates a taint, for however long.
    public boolean tolerates(Taint taint) {
        return (effect.isEmpty() || effect.equals(taint.effect())) && (key.isEmpty() || key.equals(taint.key()))
                && (exists || value.equals(taint.value()));
    }

    /// Whether one of some tolerates a taint.
    public static boolean tolerated(List<Toleration> tolerations, Taint taint) {
        for (Toleration t : tolerations) {
            if (t.tolerates(taint)) {
                return true;
            }
        }
        return false;
    }
}

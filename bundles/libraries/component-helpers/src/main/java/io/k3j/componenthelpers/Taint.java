package io.k3j.componenthelpers;

import io.k3j.model.Seq;
import java.util.List;

/// A node's taint: <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/>.
///
/// @param effect `NoSchedule`, `PreferNoSchedule` or `NoExecute`
public record Taint(String key, String value, String effect) {
    /// Those of a list, as `spec.taints` of a Node.
    public static List<Taint> of(Seq taints) {
        return taints.structs().stream().map(t -> new Taint(t.text("key"), t.text("value"), t.text("effect"))).toList();
    }
}

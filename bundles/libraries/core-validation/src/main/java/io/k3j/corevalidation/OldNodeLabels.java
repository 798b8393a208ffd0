package io.k3j.corevalidation;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Labels of nodes that others have taken the place of, and what upstream's warnings say of them
/// (`GetNodeLabelDeprecatedMessage`). Pure; any thread.
public final class OldNodeLabels {
    private static final Map<String, Successor> SUCCESSORS = Map.of("beta.kubernetes.io/arch",
            new Successor("v1.14", "kubernetes.io/arch"), "beta.kubernetes.io/os",
            new Successor("v1.14", "kubernetes.io/os"), "failure-domain.beta.kubernetes.io/region",
            new Successor("v1.17", "topology.kubernetes.io/region"), "failure-domain.beta.kubernetes.io/zone",
            new Successor("v1.17", "topology.kubernetes.io/zone"), "beta.kubernetes.io/instance-type",
            new Successor("v1.17", "node.kubernetes.io/instance-type"));

    /// What is said of those that no label has taken the place of, or not since a release.
    private static final Map<String, String> OTHERS = Map.of("app.kubernetes.io/created-by", "deprecated since v1.9",
            "scheduler.alpha.kubernetes.io/preferAvoidPods",
            "deprecated since v1.22; use Taints and Tolerations instead", "node-role.kubernetes.io/master",
            "use \"node-role.kubernetes.io/control-plane\" instead");

    /// The label that has taken the place of one, and since when.
    private record Successor(String version, String label) {
    }

    private OldNodeLabels() {
    }

    /// What is said of a label; empty for one that is not deprecated.
    public static String warning(String label) {
        Successor now = SUCCESSORS.get(label);
        return now == null ? OTHERS.getOrDefault(label, "")
                : "deprecated since " + now.version + "; use \"" + now.label + "\" instead";
    }

    /// The label that has taken the place of another one; empty for one that is not deprecated.
    public static Optional<String> successor(String label) {
        return Optional.ofNullable(SUCCESSORS.get(label)).map(Successor::label);
    }

    /// What is said of the labels that a `LabelSelector` asks for.
    ///
    /// @param field the field of the selector, with which each begins
    public static List<String> warnings(Struct selector, String field) {
        List<String> all = new ArrayList<>();
        List<Struct> expressions = selector.seq("matchExpressions").structs();
        for (int i = 0; i < expressions.size(); i++) {
            String key = expressions.get(i).text("key");
            if (!warning(key).isEmpty()) {
                all.add(field + ".matchExpressions[" + i + "].key: " + key + " is " + warning(key));
            }
        }
        for (String label : selector.struct("matchLabels").names()) {
            if (!warning(label).isEmpty()) {
                all.add(field + ".matchLabels." + label + ": " + warning(label));
            }
        }
        return all;
    }
}

package io.k3j.kubeletconfig;

import io.k3j.apimachinery.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The labels that a node gives itself when it is registered: those of `--node-label`, or of the kubelet's argument
/// `node-labels` in their place. Pure. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction>.
public final class KubeletLabels {
    private static final String ARGUMENT = "node-labels=";
    private static final List<String> PREFIXES = List.of("kubelet.kubernetes.io", "node.kubernetes.io");
    private static final List<String> SYSTEM = List.of("kubernetes.io", "k8s.io");
    private static final Set<String> ALLOWED = new TreeSet<>(List.of("kubernetes.io/hostname", "kubernetes.io/arch",
            "kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/os", "beta.kubernetes.io/instance-type",
            "node.kubernetes.io/instance-type", "failure-domain.beta.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/region", "topology.kubernetes.io/zone"));

    private KubeletLabels() {
    }

    /// Which ones those are, as `name=value`; one without a value is empty, as upstream has it.
    ///
    /// @param flags of `--node-label`
    /// @param arguments of the kubelet, without dashes
    public static List<String> of(Collection<String> flags, Collection<String> arguments) {
        List<String> given = arguments.stream().filter(a -> a.startsWith(ARGUMENT))
                .map(a -> a.substring(ARGUMENT.length())).toList();
        return (given.isEmpty() ? flags : given).stream().flatMap(labels -> Arrays.stream(labels.split(",")))
                .filter(label -> !label.isBlank()).map(KubeletLabels::pair).toList();
    }

    private static String pair(String label) {
        int eq = label.indexOf('=');
        return eq < 0 ? label.strip() + "="
                : label.substring(0, eq).strip() + "=" + label.substring(eq + 1).strip();
    }

    /// Looks at them before anything starts: what the API server refuses would keep the node out of the cluster.
    ///
    /// @throws IllegalArgumentException with upstream's words and what to do
    public static void check(Collection<String> flags, Collection<String> arguments) {
        Set<String> unknown = new TreeSet<>();
        List<String> invalid = new ArrayList<>();
        for (String label : of(flags, arguments)) {
            int eq = label.indexOf('=');
            List<String> wrong = new ArrayList<>(Names.qualified(label.substring(0, eq)));
            wrong.addAll(Names.labelValue(label.substring(eq + 1)));
            if (!wrong.isEmpty()) {
                invalid.add("'" + label + "' - " + String.join("; ", wrong));
            } else if (foreign(label.substring(0, eq))) {
                unknown.add(label.substring(0, eq));
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-label"
                    + ": " + unknown + "; those in the 'kubernetes.io' namespace must begin with an allowed prefix ("
                    + String.join(", ", PREFIXES) + ") or be in the specifically allowed set ("
                    + String.join(", ", ALLOWED) + "); set others afterwards with kubectl label node");
        }
        if (!invalid.isEmpty()) {
            throw new IllegalArgumentException("invalid node labels: " + String.join(", ", invalid));
        }
    }

    /// Whether a label is Kubernetes' own and not one that a kubelet may set.
    private static boolean foreign(String name) {
        String namespace = name.substring(0, Math.max(0, name.indexOf('/')));
        return within(namespace, SYSTEM) && !within(namespace, PREFIXES) && !ALLOWED.contains(name);
    }

    private static boolean within(String namespace, List<String> domains) {
        return domains.stream().anyMatch(d -> namespace.equals(d) || namespace.endsWith("." + d));
    }
}

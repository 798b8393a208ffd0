package io.k3j.resourcequota;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// Which scopes a pod is in. Pure.
final class PodScopes {
    private static final List<String> TERMS = List.of("requiredDuringSchedulingIgnoredDuringExecution",
            "preferredDuringSchedulingIgnoredDuringExecution");

    private PodScopes() {
    }

    static boolean matches(ScopeRequirement scope, Struct pod) {
        Struct spec = pod.struct("spec");
        return switch (scope.scope()) {
            case "Terminating" -> terminating(pod);
            case "NotTerminating" -> !terminating(pod);
            case "BestEffort" -> bestEffort(pod);
            case "NotBestEffort" -> !bestEffort(pod);
            case "PriorityClass" -> scope.allows(names(spec.text("priorityClassName")));
            case "CrossNamespacePodAffinity" -> crossesNamespaces(spec.struct("affinity"));
            default -> false;
        };
    }

    /// Whether it has a deadline; an update gives it one or takes it away.
    static boolean terminating(Struct pod) {
        return pod.struct("spec").whole("activeDeadlineSeconds", -1) >= 0;
    }

    private static List<String> names(String name) {
        return name.isEmpty() ? List.of() : List.of(name);
    }

    /// Asks for no CPU and no memory. What the pod's status says was true before admission changed it.
    private static boolean bestEffort(Struct pod) {
        Struct spec = pod.struct("spec");
        List<Struct> all = new ArrayList<>();
        all.add(spec.struct("resources"));
        spec.seq("containers").structs().forEach(c -> all.add(c.struct("resources")));
        spec.seq("initContainers").structs().forEach(c -> all.add(c.struct("resources")));
        return all.stream().noneMatch(r -> some(r.struct("requests")) || some(r.struct("limits")));
    }

    private static boolean some(Struct amounts) {
        return Quantity.of(amounts.get("cpu")).signum() > 0 || Quantity.of(amounts.get("memory")).signum() > 0;
    }

    private static boolean crossesNamespaces(Struct affinity) {
        return crosses(affinity.struct("podAffinity")) || crosses(affinity.struct("podAntiAffinity"));
    }

    private static boolean crosses(Struct affinity) {
        for (String list : TERMS) {
            Seq terms = affinity.seq(list);
            for (Struct t : terms.structs()) {
                Struct term = t.has("podAffinityTerm") ? t.struct("podAffinityTerm") : t;
                if (!term.seq("namespaces").isEmpty() || term.has("namespaceSelector")) {
                    return true;
                }
            }
        }
        return false;
    }
}

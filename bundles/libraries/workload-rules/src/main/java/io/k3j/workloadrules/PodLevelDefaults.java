package io.k3j.workloadrules;

import io.k3j.apimachinery.Quantity;
import io.k3j.componenthelpers.ContainerAggregate;
import io.k3j.model.Struct;
import java.util.Map;
import java.util.TreeMap;

/// Defaults of the resources of a pod as a whole, which only a pod has that says something of them: limits of huge
/// pages are what the containers have together; requests are what the containers ask for together, and where they ask
/// for nothing the pod's limit. Pure. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/>.
final class PodLevelDefaults {
    private static final ContainerAggregate<Quantity> SUM = new ContainerAggregate<>(Quantity.ZERO, Quantity::add,
            (a, b) -> a.compareTo(b) < 0 ? b : a);

    private PodLevelDefaults() {
    }

    /// @param spec of a pod whose containers have got their defaults
    static Struct of(Struct spec) {
        Struct own = spec.struct("resources");
        if (own.struct("limits").isEmpty() && own.struct("requests").isEmpty()) {
            return spec;
        }
        try {
            Struct limited = hugePages(own, spec);
            Struct all = requests(limited, spec);
            return all == own ? spec : spec.with("resources", all);
        } catch (IllegalArgumentException e) {
            // what is no quantity is refused when the pod is checked
            return spec;
        }
    }

    private static Struct hugePages(Struct own, Struct spec) {
        Struct limits = own.struct("limits");
        Struct.Builder all = limits.toBuilder();
        sum(spec, "limits").forEach((name, amount) -> {
            if (hugePage(name) && !limits.has(name)) {
                all.put(name, amount.toString());
            }
        });
        Struct made = all.build();
        return made.size() == limits.size() ? own : own.with("limits", made);
    }

    private static Struct requests(Struct own, Struct spec) {
        Struct limits = own.struct("limits");
        if (limits.isEmpty()) {
            return own;
        }
        Struct requests = own.struct("requests");
        Struct.Builder all = requests.toBuilder();
        Map<String, Quantity> asked = sum(spec, "requests");
        asked.forEach((name, amount) -> {
            if (shared(name) && !requests.has(name)) {
                all.put(name, amount.toString());
            }
        });
        limits.forEach((name, amount) -> {
            boolean asks = shared(name) && asked.containsKey(name);
            if ((shared(name) || hugePage(name)) && !requests.has(name) && !asks) {
                all.put(name, amount);
            }
        });
        Struct made = all.build();
        return made.size() == requests.size() ? own : own.with("requests", made);
    }

    /// What containers may use more of than they ask for.
    private static boolean shared(String name) {
        return name.equals("cpu") || name.equals("memory");
    }

    private static boolean hugePage(String name) {
        return name.startsWith("hugepages-");
    }

    private static Map<String, Quantity> sum(Struct spec, String which) {
        Map<String, Quantity> all = new TreeMap<>();
        ContainerAggregate.byName(spec, c -> c.struct("resources").struct(which)).forEach((name, part) -> all.put(name,
                SUM.of(part, c -> Quantity.of(c.struct("resources").struct(which).get(name)))));
        return all;
    }
}

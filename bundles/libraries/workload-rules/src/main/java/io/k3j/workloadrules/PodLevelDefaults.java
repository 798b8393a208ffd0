package io.k3j.workloadrules;

import io.k3j.apimachinery.Quantity;
import io.k3j.componenthelpers.ContainerAggregate;
import io.k3j.model.Struct;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/// Defaults of the resources of a pod as a whole, which only a pod has that says something of them: limits of huge
/// pages are what the containers have together; requests are what the containers ask for together, and where they ask
/// for nothing the pod's limit. Pure. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/>.
final class PodLevelDefaults {
    private static final ContainerAggregate<Map<String, Quantity>> SUM = new ContainerAggregate<>(Map.of(),
            (a, b) -> merged(a, b, Quantity::add), (a, b) -> merged(a, b, (x, y) -> x.compareTo(y) < 0 ? y : x));

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
        return SUM.of(spec, c -> {
            Map<String, Quantity> own = new TreeMap<>();
            c.struct("resources").struct(which).forEach((name, amount) -> own.put(name, Quantity.of(amount)));
            return own;
        });
    }

    private static Map<String, Quantity> merged(Map<String, Quantity> a, Map<String, Quantity> b,
            BinaryOperator<Quantity> both) {
        Map<String, Quantity> all = new TreeMap<>(a);
        b.forEach((name, amount) -> all.merge(name, amount, both));
        return all;
    }
}

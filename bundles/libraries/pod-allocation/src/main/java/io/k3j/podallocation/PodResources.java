package io.k3j.podallocation;

import io.k3j.apimachinery.Quantity;
import io.k3j.cgroups.ContainerResources;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Amounts of resources by name, as the scheduler counts them: thousandths of a core for `cpu`, else units. Pure.
public final class PodResources {
    static final String CPU = "cpu";
    static final String MEMORY = "memory";
    private static final List<String> LISTS = List.of("containers", "initContainers");

    private PodResources() {
    }

    /// What a pod requests, of each resource it names.
    public static Map<String, Long> requests(Obj pod) {
        Set<String> names = new LinkedHashSet<>(pod.spec().struct("overhead").names());
        names.addAll(pod.spec().struct("resources").struct("requests").names());
        for (String list : LISTS) {
            pod.spec().seq(list).structs()
                    .forEach(c -> names.addAll(c.struct("resources").struct("requests").names()));
        }
        Map<String, Long> all = new TreeMap<>();
        names.forEach(n -> all.put(n, ContainerResources.total(pod, "requests", amounts -> amount(amounts, n))));
        return all;
    }

    /// One of some amounts, 0 when it is not among them.
    public static long amount(Struct amounts, String name) {
        if (!amounts.has(name)) {
            return 0;
        }
        Quantity quantity = Quantity.of(amounts.get(name));
        return name.equals(CPU) ? quantity.milliValue() : quantity.value();
    }

    /// Whether a resource is one an administrator or a device plug-in added. A node that has none of it does not refuse
    /// who asks for it: it may be counted elsewhere, as upstream has it.
    static boolean extended(String name) {
        return name.contains("/") && !name.startsWith("requests.")
                && !name.substring(0, name.indexOf('/')).endsWith("kubernetes.io");
    }
}

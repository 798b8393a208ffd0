package io.k3j.podallocation;

import io.k3j.apimachinery.Quantity;
import io.k3j.cgroups.ContainerResources;
import io.k3j.componenthelpers.ContainerAggregate;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/// What a pod has as a whole, as its status tells it: upstream's `PodRequests`, `PodLimits` and
/// `convertToAPIPodLevelResourcesStatus`. Pure.
final class PodTotals {
    private static final List<String> SHOWN = List.of("cpu", "memory");
    private static final ContainerAggregate<Map<String, Quantity>> SUM = new ContainerAggregate<>(Map.of(),
            (a, b) -> merged(a, b, Quantity::add), (a, b) -> merged(a, b, BinaryOperator.maxBy(Quantity::compareTo)));

    private PodTotals() {
    }

    /// Everything that its containers, itself and its overhead ask for.
    static Struct requests(Obj pod) {
        return all(pod, "requests");
    }

    /// Of a pod that says nothing for itself as a whole: of one that does not run yet all that is asked for, of one
    /// that runs what its control group has.
    static Struct shown(Obj pod, boolean runs) {
        if (!runs) {
            return Struct.builder().putUnlessEmpty("requests", requests(pod))
                    .putUnlessEmpty("limits", all(pod, "limits")).build();
        }
        Struct limits = all(pod, "limits");
        Struct.Builder held = Struct.builder();
        if (ContainerResources.total(pod, "limits", ContainerResources::milliCpu) > 0) {
            held.put("cpu", limits.get("cpu"));
        }
        if (ContainerResources.total(pod, "limits", ContainerResources::memory) > 0) {
            held.put("memory", limits.get("memory"));
        }
        Struct requests = requests(pod);
        Struct.Builder asked = Struct.builder();
        SHOWN.stream().filter(requests::has).forEach(n -> asked.put(n, requests.get(n)));
        return Struct.builder().putUnlessEmpty("requests", asked.build()).putUnlessEmpty("limits", held.build())
                .build();
    }

    private static Struct all(Obj pod, String kind) {
        Map<String, Quantity> all = new TreeMap<>(SUM.of(pod.spec(), c -> amounts(c.struct("resources").struct(kind))));
        amounts(pod.spec().struct("resources").struct(kind)).forEach((name, amount) -> {
            if (SHOWN.contains(name) || name.startsWith("hugepages-")) {
                all.put(name, amount);
            }
        });
        boolean limits = kind.equals("limits");
        amounts(pod.spec().struct("overhead")).forEach((name, amount) -> {
            // what has no limit has none with overhead
            if (!limits || all.containsKey(name)) {
                all.merge(name, amount, Quantity::add);
            }
        });
        Struct.Builder b = Struct.builder();
        all.forEach((name, amount) -> b.put(name, amount.toString()));
        return b.build();
    }

    private static Map<String, Quantity> amounts(Struct given) {
        Map<String, Quantity> amounts = new TreeMap<>();
        given.forEach((n, v) -> amounts.put(n, Quantity.of(v)));
        return amounts;
    }

    private static Map<String, Quantity> merged(Map<String, Quantity> one, Map<String, Quantity> other,
            BinaryOperator<Quantity> how) {
        Map<String, Quantity> both = new TreeMap<>(one);
        other.forEach((n, q) -> both.merge(n, q, how));
        return both;
    }
}

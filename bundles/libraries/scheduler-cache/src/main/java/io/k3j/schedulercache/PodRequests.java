package io.k3j.schedulercache;

import io.k3j.componenthelpers.ContainerAggregate;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Map;
import java.util.TreeMap;

/// Computes the resource requests of a pod: the maximum of the sum over its containers and the needs of its init
/// containers, sidecars included in both, plus overhead:
/// <https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers>.
public final class PodRequests {
    private static final long DEFAULT_CPU_MILLI = 100;
    private static final long DEFAULT_MEMORY = 200L * 1024 * 1024;

    private static final ContainerAggregate<ResourceAmounts> SUM = new ContainerAggregate<>(ResourceAmounts.NONE,
            ResourceAmounts::plus, ResourceAmounts::max);

    private PodRequests() {
    }

    /// What a pod requests, as its node counts it.
    public static ResourceAmounts of(Obj pod) {
        return of(pod, false);
    }

    /// The requests for scoring: a container without requests counts as a small one.
    static ResourceAmounts nonZero(Obj pod) {
        return of(pod, true);
    }

    private static ResourceAmounts of(Obj pod, boolean nonZero) {
        Struct spec = pod.spec();
        Resized resized = new Resized(pod);
        ResourceAmounts all = SUM.of(spec, c -> resized.requests(c, requests(c, nonZero)));
        all = podLevel(all, spec.struct("resources").struct("requests"), resized);
        return all.plus(ResourceAmounts.of(spec.struct("overhead")));
    }

    private static ResourceAmounts podLevel(ResourceAmounts all, Struct given, Resized resized) {
        if (given.isEmpty()) {
            return all;
        }
        ResourceAmounts pod = resized.requests(ResourceAmounts.of(given));
        return new ResourceAmounts(given.has("cpu") ? pod.cpuMilli() : all.cpuMilli(),
                given.has("memory") ? pod.memory() : all.memory(), all.disk(), others(all, given));
    }

    /// Of others a pod as a whole has huge pages alone.
    private static Map<String, Long> others(ResourceAmounts all, Struct given) {
        Map<String, Long> others = new TreeMap<>(all.others());
        ResourceAmounts.of(given).others().forEach((name, amount) -> {
            if (name.startsWith("hugepages-")) {
                others.put(name, amount);
            }
        });
        return others;
    }

    private static ResourceAmounts requests(Struct container, boolean nonZero) {
        Struct requests = container.struct("resources").struct("requests");
        ResourceAmounts own = ResourceAmounts.of(requests);
        if (!nonZero) {
            return own;
        }
        return new ResourceAmounts(requests.has("cpu") ? own.cpuMilli() : DEFAULT_CPU_MILLI,
                requests.has("memory") ? own.memory() : DEFAULT_MEMORY, own.disk(), own.others());
    }
}

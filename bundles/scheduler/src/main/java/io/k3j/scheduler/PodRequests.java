package io.k3j.scheduler;

import io.k3j.model.Struct;

/// What a pod asks a node for: the larger of what its containers need together and what starting them
/// needs, sidecars counted in both, plus overhead:
/// <https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers>.
final class PodRequests {
    private static final long DEFAULT_CPU_MILLI = 100;
    private static final long DEFAULT_MEMORY = 200L * 1024 * 1024;

    private PodRequests() {
    }

    static Amounts of(Struct spec) {
        return of(spec, false);
    }

    /// The same for scoring: a container that asks for nothing counts as a small one.
    static Amounts nonZero(Struct spec) {
        return of(spec, true);
    }

    private static Amounts of(Struct spec, boolean nonZero) {
        Amounts running = Amounts.NONE;
        for (Struct container : spec.seq("containers").structs()) {
            running = running.plus(requests(container, nonZero));
        }
        Amounts sidecars = Amounts.NONE;
        Amounts starting = Amounts.NONE;
        for (Struct container : spec.seq("initContainers").structs()) {
            Amounts own = requests(container, nonZero);
            if (container.text("restartPolicy").equals("Always")) {
                sidecars = sidecars.plus(own);
                starting = starting.max(sidecars);
            } else {
                starting = starting.max(own.plus(sidecars));
            }
        }
        Amounts all = running.plus(sidecars).max(starting);
        all = podLevel(all, spec.struct("resources").struct("requests"));
        return all.plus(Amounts.of(spec.struct("overhead")));
    }

    private static Amounts podLevel(Amounts all, Struct given) {
        if (given.isEmpty()) {
            return all;
        }
        Amounts pod = Amounts.of(given);
        return new Amounts(given.has("cpu") ? pod.cpuMilli() : all.cpuMilli(),
                given.has("memory") ? pod.memory() : all.memory(), all.disk(), all.others());
    }

    private static Amounts requests(Struct container, boolean nonZero) {
        Struct requests = container.struct("resources").struct("requests");
        Amounts own = Amounts.of(requests);
        if (!nonZero) {
            return own;
        }
        return new Amounts(requests.has("cpu") ? own.cpuMilli() : DEFAULT_CPU_MILLI,
                requests.has("memory") ? own.memory() : DEFAULT_MEMORY, own.disk(), own.others());
    }
}

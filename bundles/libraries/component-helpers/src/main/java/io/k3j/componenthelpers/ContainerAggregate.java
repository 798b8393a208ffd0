package io.k3j.componenthelpers;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/// How amounts of the containers of a pod add up to what the pod needs: the larger of what its containers need together
/// and what starting them needs, sidecars counted in both, as upstream's `AggregateContainerRequests`:
/// <https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers>. What the
/// pod says as a whole, and overhead, is the caller's to add.
///
/// @param <T> an amount, or several at once
/// @param nothing what a pod without containers needs
/// @param plus two amounts together
/// @param larger the larger of two amounts
public record ContainerAggregate<T>(T nothing, BinaryOperator<T> plus, BinaryOperator<T> larger) {
    /// The amounts of a pod's `spec`, of which `own` gives each container's.
    public T of(Struct podSpec, Function<Struct, T> own) {
        T running = nothing;
        for (Struct container : podSpec.seq("containers").structs()) {
            running = plus.apply(running, own.apply(container));
        }
        T sidecars = nothing;
        T starting = nothing;
        for (Struct container : podSpec.seq("initContainers").structs()) {
            T amount = own.apply(container);
            if (container.text("restartPolicy").equals("Always")) {
                sidecars = plus.apply(sidecars, amount);
                starting = larger.apply(starting, sidecars);
            } else {
                starting = larger.apply(starting, plus.apply(amount, sidecars));
            }
        }
        return larger.apply(plus.apply(running, sidecars), starting);
    }

    /// For each name of an amount the pod's `spec` with those containers only that have it: the others add nothing to
    /// it. Who adds up name by name has as much to do then as the containers say, not names times containers.
    ///
    /// @param own the amounts of a container, by their names
    public static SortedMap<String, Struct> byName(Struct podSpec, Function<Struct, Struct> own) {
        Map<String, List<Struct>> running = naming(podSpec.seq("containers"), own);
        Map<String, List<Struct>> starting = naming(podSpec.seq("initContainers"), own);
        Set<String> names = new TreeSet<>(running.keySet());
        names.addAll(starting.keySet());
        SortedMap<String, Struct> parts = new TreeMap<>();
        for (String name : names) {
            parts.put(name, Struct.of("containers", running.getOrDefault(name, List.of()), "initContainers",
                    starting.getOrDefault(name, List.of())));
        }
        return parts;
    }

    private static Map<String, List<Struct>> naming(Seq containers, Function<Struct, Struct> own) {
        Map<String, List<Struct>> all = new HashMap<>();
        for (Struct container : containers.structs()) {
            for (String name : own.apply(container).names()) {
                all.computeIfAbsent(name, _ -> new ArrayList<>()).add(container);
            }
        }
        return all;
    }
}

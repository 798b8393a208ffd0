package io.k3j.componenthelpers;

import io.k3j.model.Struct;
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
}

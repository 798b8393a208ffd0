package com.example.startorder;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.PodStartGate;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;

/// Lets a pod start when each Service that it names has a ready endpoint, and every pod that names none. Answers from
/// memory at once: the kubelet asks again after a second. Called by many threads at once; keeps nothing.
final class ServiceGate implements PodStartGate {
    /// Annotation of a pod: names of Services of its namespace, between commas.
    static final String WAIT_FOR = "example.com/wait-for";
    private final BooleanSupplier complete;
    private final Function<Key, ? extends Collection<Obj>> slices;

    /// @param complete whether all EndpointSlices are known
    /// @param slices the EndpointSlices of a Service
    ServiceGate(BooleanSupplier complete, Function<Key, ? extends Collection<Obj>> slices) {
        this.complete = complete;
        this.slices = slices;
    }

    @Override
    public void beforeStart(Obj pod, List<String> addresses) {
        List<String> wanted = wanted(pod);
        if (!wanted.isEmpty() && !complete.getAsBoolean()) {
            throw new IllegalStateException("which Services are ready is not known yet");
        }
        List<String> missing = wanted.stream().filter(service -> !ready(new Key(pod.namespace(), service))).toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException("waits for a ready endpoint of " + String.join(", ", missing));
        }
    }

    private static List<String> wanted(Obj pod) {
        return Stream.of(pod.annotations().getOrDefault(WAIT_FOR, "").split(",")).map(String::strip)
                .filter(name -> !name.isEmpty()).toList();
    }

    private boolean ready(Key service) {
        return slices.apply(service).stream().flatMap(slice -> slice.tree().seq("endpoints").structs().stream())
                .anyMatch(ServiceGate::ready);
    }

    /// What does not say whether it is ready is ready, as for everybody who reads EndpointSlices.
    private static boolean ready(Struct endpoint) {
        return endpoint.struct("conditions").flag("ready", true);
    }
}

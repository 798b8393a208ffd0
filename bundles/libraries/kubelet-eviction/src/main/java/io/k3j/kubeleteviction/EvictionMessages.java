package io.k3j.kubeleteviction;

import io.k3j.apimachinery.Quantity;
import io.k3j.kubeleteviction.Observations.Observation;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Why a pod goes, in upstream's words. Pure.
final class EvictionMessages {
    private EvictionMessages() {
    }

    /// @param due the thresholds that are met, in order
    static String of(EvictionSignal signal, Obj pod, List<Threshold> due, Observations seen) {
        String resource = signal.resource();
        StringBuilder text = new StringBuilder("The node was low on resource: " + resource + ". ");
        for (Threshold t : due) {
            Optional<Observation> o = seen.of(t.signal());
            if (t.signal().resource().equals(resource) && o.isPresent()) {
                text.append("Threshold quantity: ").append(t.value().of(o.get().capacity())).append(", available: ")
                        .append(o.get().available()).append(". ");
                break;
            }
        }
        seen.pod(pod.uid()).ifPresent(stats -> {
            podLevel(text, resource, pod, stats);
            containers(text, resource, pod, stats);
        });
        return text.toString();
    }

    private static void podLevel(StringBuilder text, String resource, Obj pod, Struct stats) {
        Struct requests = pod.spec().struct("resources").struct("requests");
        if (resource.equals("memory") && requests.has("memory")) {
            text.append("Pod ").append(pod.name()).append(use(resource,
                    Quantity.bytes(stats.struct("memory").whole("workingSetBytes", 0)),
                    Quantity.of(requests.get("memory"))));
        }
    }

    private static void containers(StringBuilder text, String resource, Obj pod, Struct stats) {
        List<Struct> specs = new ArrayList<>(pod.spec().seq("containers").structs());
        specs.addAll(pod.spec().seq("initContainers").structs());
        for (Struct c : stats.seq("containers").structs()) {
            Optional<Struct> spec = specs.stream().filter(s -> s.text("name").equals(c.text("name"))).findFirst();
            Optional<Quantity> used = used(resource, c);
            if (spec.isPresent() && used.isPresent()) {
                Quantity request = Quantity.of(spec.get().struct("resources").struct("requests").get(resource));
                if (used.get().compareTo(request) > 0) {
                    text.append("Container ").append(c.text("name")).append(use(resource, used.get(), request));
                }
            }
        }
    }

    private static String use(String resource, Quantity used, Quantity request) {
        return " was using " + used + ", request is " + request + ", has larger consumption of " + resource + ". ";
    }

    private static Optional<Quantity> used(String resource, Struct container) {
        return switch (resource) {
            case "memory" -> container.struct("memory").has("workingSetBytes")
                    ? Optional.of(Quantity.bytes(container.struct("memory").whole("workingSetBytes", 0)))
                    : Optional.empty();
            case "ephemeral-storage" -> container.has("rootfs") && container.has("logs")
                    ? Optional.of(Quantity.bytes(container.struct("rootfs").whole("usedBytes", 0)
                            + container.struct("logs").whole("usedBytes", 0)))
                    : Optional.empty();
            default -> Optional.empty();
        };
    }
}

package io.k3j.controllersautoscaling;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What pods request of a resource, in thousandths: the pod's own request where it has one, else the sum over its
/// containers and sidecars. Pure.
final class TargetRequests {
    private TargetRequests() {
    }

    /// By pod name.
    ///
    /// @param container of which alone, or empty for all
    /// @throws MetricFailure when a container requests nothing: it cannot be said how much of it is used
    static Map<String, Long> of(List<Obj> pods, String resource, String container) {
        Map<String, Long> all = new HashMap<>();
        pods.forEach(p -> all.put(p.name(), of(p, resource, container)));
        return all;
    }

    private static long of(Obj pod, String resource, String container) {
        Struct own = pod.spec().struct("resources").struct("requests");
        if (container.isEmpty() && own.has(resource)) {
            return Quantity.of(own.get(resource)).milliValue();
        }
        List<Long> each = new ArrayList<>();
        for (Struct c : containers(pod)) {
            if (container.isEmpty() || container.equals(c.text("name"))) {
                Struct requests = c.struct("resources").struct("requests");
                if (!requests.has(resource)) {
                    throw new MetricFailure("missing request for " + resource + " in container " + c.text("name")
                            + " of Pod " + pod.name());
                }
                each.add(Quantity.of(requests.get(resource)).milliValue());
            }
        }
        return Sums.of(each);
    }

    private static List<Struct> containers(Obj pod) {
        List<Struct> all = new ArrayList<>(pod.spec().seq("containers").structs());
        pod.spec().seq("initContainers").structs().stream().filter(c -> c.text("restartPolicy").equals("Always"))
                .forEach(all::add);
        return all;
    }
}

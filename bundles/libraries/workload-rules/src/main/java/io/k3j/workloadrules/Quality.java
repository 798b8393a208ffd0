package io.k3j.workloadrules;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// Computes the QoS class of a pod from requests and limits of CPU and memory. See
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/>. Pure.
final class Quality {
    private static final List<String> COUNTED = List.of("cpu", "memory");

    private Quality() {
    }

    /// `Guaranteed`, `Burstable` or `BestEffort`.
    static String of(Struct spec) {
        List<Struct> all = new ArrayList<>();
        if (spec.has("resources")) {
            all.add(spec.struct("resources"));
        } else {
            spec.seq("containers").structs().forEach(c -> all.add(c.struct("resources")));
            spec.seq("initContainers").structs().forEach(c -> all.add(c.struct("resources")));
        }
        Map<String, Quantity> requests = new TreeMap<>();
        Map<String, Quantity> limits = new TreeMap<>();
        boolean everywhere = true;
        for (Struct resources : all) {
            add(resources.struct("requests"), requests);
            everywhere &= add(resources.struct("limits"), limits) == COUNTED.size();
        }
        if (requests.isEmpty() && limits.isEmpty()) {
            return "BestEffort";
        }
        return everywhere && requests.equals(limits) ? "Guaranteed" : "Burstable";
    }

    private static int add(Struct amounts, Map<String, Quantity> to) {
        int counted = 0;
        for (String name : COUNTED) {
            Quantity q = amounts.has(name) ? quantity(Objects.requireNonNull(amounts.get(name))) : Quantity.ZERO;
            if (q.signum() > 0) {
                to.merge(name, q, Quantity::add);
                counted++;
            }
        }
        return counted;
    }

    private static Quantity quantity(Object value) {
        try {
            return Quantity.of(value);
        } catch (IllegalArgumentException e) {
            return Quantity.ZERO;
        }
    }
}

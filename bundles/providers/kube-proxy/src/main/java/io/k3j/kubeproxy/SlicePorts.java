package io.k3j.kubeproxy;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The ports of a Service's slices in one family, by name and protocol: a Service may have as many ports as its slices,
/// and each is looked up once. Immutable.
final class SlicePorts {
    private final Map<String, List<Offer>> offers = new HashMap<>();

    /// A port of a slice, which all its endpoints have.
    ///
    /// @param port its number
    record Offer(Obj slice, int port) {
        List<Struct> endpoints() {
            return slice.tree().seq("endpoints").structs();
        }
    }

    SlicePorts(List<Obj> slices, Family family) {
        for (Obj slice : slices) {
            if (slice.tree().text("addressType").equals(family.slices()) && ServicePorts.forProxies(slice)) {
                slice.tree().seq("ports").structs().forEach(p -> offers.computeIfAbsent(name(p), _ -> new ArrayList<>())
                        .add(new Offer(slice, (int) p.whole("port", 0))));
            }
        }
    }

    private static String name(Struct port) {
        return port.text("protocol", "TCP") + " " + port.text("name");
    }

    /// Who offers a port of the Service.
    List<Offer> of(Struct servicePort) {
        return offers.getOrDefault(name(servicePort), List.of());
    }
}

package io.k3j.kubeletdra;

import io.k3j.componenthelpers.PodClaim;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The health of the devices that a container has of claims, as its status tells it (`allocatedResourcesStatus`). Pure.
/// See <https://www.kubernetes.dev/resources/keps/4680/>.
final class AllocatedHealth {
    private AllocatedHealth() {
    }

    /// @param container its spec
    /// @param held all claims that the pod has
    static Seq of(Obj pod, Struct container, List<ClaimInfo> held, HealthWatches health) {
        List<Struct> all = new ArrayList<>();
        for (Struct use : container.struct("resources").seq("claims").structs()) {
            String request = use.text("request");
            List<Struct> devices = new ArrayList<>();
            PodClaim.of(pod).stream().filter(c -> c.name().equals(use.text("name")))
                    .flatMap(c -> held.stream().filter(h -> h.namespace().equals(pod.namespace())
                            && h.name().equals(c.claim())))
                    .forEach(claim -> devices.addAll(of(claim, request, health)));
            if (!devices.isEmpty()) {
                String name = "claim:" + use.text("name") + (request.isEmpty() ? "" : "/" + request);
                all.add(Struct.of("name", name, "resources", Seq.copyOf(devices)));
            }
        }
        return Seq.copyOf(all);
    }

    private static List<Struct> of(ClaimInfo claim, String request, HealthWatches health) {
        List<Struct> all = new ArrayList<>();
        for (Map.Entry<String, List<ClaimInfo.Device>> of : claim.drivers().entrySet()) {
            for (ClaimInfo.Device device : of.getValue()) {
                if (device.isFor(request)) {
                    String id = device.cdiIds().isEmpty()
                            ? of.getKey() + "/" + device.pool() + "/" + device.name() : device.cdiIds().getFirst();
                    all.add(Struct.of("resourceID", id, "health",
                            health.of(of.getKey(), device.pool(), device.name())));
                }
            }
        }
        return all;
    }
}

package io.k3j.kubeletdra;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What this node knows of a claim of its pods. Immutable.
///
/// @param pods that have it, by uid
/// @param drivers what each driver has prepared
/// @param prepared whether all of them have, since this kubelet began
record ClaimInfo(String namespace, String name, String uid, Set<String> pods, Map<String, List<Device>> drivers,
        boolean prepared) {
    /// Copies what is given, in its order.
    ClaimInfo {
        pods = Collections.unmodifiableSet(new LinkedHashSet<>(pods));
        drivers = Collections.unmodifiableMap(new LinkedHashMap<>(drivers));
    }

    /// A device as the driver has prepared it.
    ///
    /// @param requests of the claim for which it is; empty for all
    /// @param cdiIds what the runtime is told, see <https://github.com/cncf-tags/container-device-interface>
    record Device(String pool, String name, List<String> requests, List<String> cdiIds) {
        /// @param request of a container, empty for all of the claim
        boolean isFor(String request) {
            return request.isEmpty() || requests.isEmpty()
                    || requests.stream().anyMatch(r -> r.equals(request) || r.startsWith(request + "/"));
        }
    }

    ClaimInfo with(String pod) {
        Set<String> more = new LinkedHashSet<>(pods);
        more.add(pod);
        return new ClaimInfo(namespace, name, uid, more, drivers, prepared);
    }

    ClaimInfo without(String pod) {
        Set<String> fewer = new LinkedHashSet<>(pods);
        fewer.remove(pod);
        return new ClaimInfo(namespace, name, uid, fewer, drivers, prepared);
    }

    ClaimInfo with(String driver, List<Device> devices) {
        Map<String, List<Device>> more = new LinkedHashMap<>(drivers);
        more.put(driver, List.copyOf(devices));
        return new ClaimInfo(namespace, name, uid, pods, more, prepared);
    }

    ClaimInfo done() {
        return new ClaimInfo(namespace, name, uid, pods, drivers, true);
    }

    /// What the runtime is told of it for a container.
    List<String> cdiIds(String request) {
        List<String> ids = new ArrayList<>();
        drivers.values().forEach(devices -> devices.stream().filter(d -> d.isFor(request))
                .forEach(d -> ids.addAll(d.cdiIds())));
        return ids;
    }
}

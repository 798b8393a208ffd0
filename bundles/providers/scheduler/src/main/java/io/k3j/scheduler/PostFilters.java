package io.k3j.scheduler;

import io.k3j.model.Obj;
import io.k3j.schedulercache.PodInfo;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;

/// The plug-ins that look for a way out where no node is feasible.
final class PostFilters {
    private PostFilters() {
    }

    /// What they say that have found none, in upstream's order.
    /// @param idle claims that the pod gives up; those of others, too, stay allocated
    static String message(Set<String> plugins, Preemption.Result result, PodInfo pod, List<Obj> idle) {
        StringJoiner said = new StringJoiner(", ", " ", "").setEmptyValue("");
        if (plugins.contains(DeviceFilter.NAME)) {
            boolean claims = !pod.spec().seq("resourceClaims").isEmpty();
            boolean deallocated = idle.stream().anyMatch(c -> c.status().seq("reservedFor").size() < 2);
            said.add(deallocated ? "deallocation of ResourceClaim completed"
                    : claims ? "still not schedulable" : "no new claims to deallocate");
        }
        if (plugins.contains(Preemption.NAME)) {
            said.add(result.message());
        }
        return said.toString();
    }
}

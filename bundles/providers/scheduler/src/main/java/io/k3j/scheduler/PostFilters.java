package io.k3j.scheduler;

import java.util.Set;
import java.util.StringJoiner;

/// The plug-ins that look for a way out where no node is feasible.
final class PostFilters {
    static final String PREEMPTION = "DefaultPreemption";

    private PostFilters() {
    }

    /// What they say that have found none, in upstream's order.
    static String message(Set<String> plugins, Preemption.Result result) {
        StringJoiner said = new StringJoiner(", ", " ", "").setEmptyValue("");
        if (plugins.contains(DeviceFilter.NAME)) {
            said.add("no new claims to deallocate");
        }
        if (plugins.contains(PREEMPTION)) {
            said.add(result.message());
        }
        return said.toString();
    }
}

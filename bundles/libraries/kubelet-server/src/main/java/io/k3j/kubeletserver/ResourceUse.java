package io.k3j.kubeletserver;

import io.k3j.controllerkit.Times;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerUsage;
import java.time.Instant;

/// Processor, memory and swap of a container, or of several together. A value. Memory is bytes.
///
/// @param cpuNanos processor time, nanoseconds
/// @param rate billionths of a core
/// @param usage memory in use
/// @param workingSet memory that cannot be dropped
/// @param rss anonymous memory
/// @param available what is left of the limits
/// @param limited whether each of them has a limit
/// @param faults page faults
/// @param majorFaults those of them that read a disk
/// @param swap in use
/// @param swapAvailable what is left of it
record ResourceUse(long cpuNanos, long rate, long usage, long workingSet, long rss, long available, boolean limited,
        long faults, long majorFaults, long swap, long swapAvailable) {
    /// Of no container.
    static final ResourceUse NONE = new ResourceUse(0, 0, 0, 0, 0, 0, true, 0, 0, 0, 0);

    /// Of one container.
    static ResourceUse of(ContainerUsage u, long rate) {
        ContainerUsage.Details d = u.details();
        return new ResourceUse(u.cpuNanos(), rate, u.memoryBytes(), u.workingSetBytes(), u.rssBytes(),
                d.availableBytes(), d.availableBytes() > 0, d.pageFaults(), d.majorPageFaults(), d.swapUsageBytes(),
                d.swapAvailableBytes());
    }

    ResourceUse plus(ResourceUse o) {
        return new ResourceUse(cpuNanos + o.cpuNanos, rate + o.rate, usage + o.usage, workingSet + o.workingSet,
                rss + o.rss, available + o.available, limited && o.limited, faults + o.faults,
                majorFaults + o.majorFaults, swap + o.swap, swapAvailable + o.swapAvailable);
    }

    /// The same, whose limits mean nothing.
    ResourceUse unlimited() {
        return new ResourceUse(cpuNanos, rate, usage, workingSet, rss, available, false, faults, majorFaults, swap,
                swapAvailable);
    }

    /// The summary's `cpu`, `memory` and `swap`; what is available is told where there is a limit.
    Struct.Builder told(Instant measured) {
        String at = Times.seconds(measured);
        Struct memory = Struct.of("time", at, "usageBytes", usage, "workingSetBytes", workingSet, "rssBytes", rss,
                "pageFaults", faults, "majorPageFaults", majorFaults);
        return Struct.builder()
                .put("cpu", Struct.of("time", at, "usageNanoCores", rate, "usageCoreNanoSeconds", cpuNanos))
                .put("memory", limited ? memory.with("availableBytes", available) : memory)
                .put("swap", Struct.of("time", at, "swapAvailableBytes", swapAvailable, "swapUsageBytes", swap));
    }
}

package io.k3j.kubelet;

import io.k3j.kubeletoptions.NodeAllocatable;
import io.k3j.nodestatus.MachineInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Holds all pods together to what the node has for them, by the limits of the control group they are in, and tells so
/// by an event of the node, as upstream's `enforceNodeAllocatableCgroups`.
final class AllocatableEnforcement {
    /// Before it is tried again, as upstream.
    private static final Duration AGAIN = Duration.ofMinutes(1);
    private final Dependencies tools;
    private final NodeAllocatable allocatable;

    AllocatableEnforcement(Dependencies tools, NodeAllocatable allocatable) {
        this.tools = tools;
        this.allocatable = allocatable;
    }

    /// Tries until the limits are set or the kubelet is closed. What pods use more than is to be theirs has to become
    /// free before the kernel takes a limit of memory.
    void run() throws InterruptedException {
        while (!enforced() && !tools.closed().await(AGAIN.toSeconds(), TimeUnit.SECONDS)) {
            // the minute has passed
        }
    }

    /// @return whether the limits are set
    boolean enforced() {
        try {
            tools.cgroups().enforce(allocatable.limits(processes()));
            tools.inform("NodeAllocatableEnforced", "Updated Node Allocatable limit across pods");
            return true;
        } catch (IOException e) {
            tools.warn("FailedNodeAllocatableEnforcement", "Failed to update Node Allocatable Limits \""
                    + tools.cgroups().root() + "\": " + e);
            return false;
        }
    }

    /// How many processes the machine may have; 0 when the kernel does not tell.
    private static long processes() {
        String most = MachineInfo.text("/proc/sys/kernel/pid_max").strip();
        return most.isEmpty() || !most.chars().allMatch(Character::isDigit) ? 0 : Long.parseLong(most);
    }
}

package io.k3j.kubeletmemory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What init containers of one pod had that have ended, which those after them are given first. One thread.
public final class ReusableMemory {
    /// By bits of NUMA nodes and type.
    private final Map<Long, Map<String, Long>> bytes = new HashMap<>();
    private final List<String> containers = new ArrayList<>();
    private final String pod;

    /// Nothing yet.
    /// @param pod its uid
    public ReusableMemory(String pod) {
        this.pod = pod;
    }

    /// Whose it is.
    String pod() {
        return pod;
    }

    long of(long nodes, String type) {
        return bytes.getOrDefault(nodes, Map.of()).getOrDefault(type, 0L);
    }

    /// Init containers that have ended, in their order.
    List<String> containers() {
        return containers;
    }

    /// A container has these now.
    /// @param ends whether they are free for those that come after it
    void given(String container, List<MemoryBlock> blocks, boolean ends) {
        for (MemoryBlock block : blocks) {
            Map<String, Long> of = bytes.computeIfAbsent(block.mask(), m -> new HashMap<>());
            if (ends) {
                of.merge(block.type(), block.size(), Math::max);
            } else {
                of.computeIfPresent(block.type(), (_, left) -> Math.max(0, left - block.size()));
            }
        }
        if (ends) {
            containers.add(container);
        }
    }
}

package io.k3j.kubeletdevices;

import java.util.List;

/// Which memory of NUMA nodes containers have, as the pod resources API tells it. Any thread; nothing blocks.
public interface ExclusiveMemory {
    /// Some memory of some NUMA nodes together.
    ///
    /// @param type `memory`, or the resource of huge pages as `hugepages-2Mi`
    /// @param size bytes
    /// @param nodes numbers of the NUMA nodes, in order
    record Block(String type, long size, List<Long> nodes) {
        /// Copies the nodes.
        public Block {
            nodes = List.copyOf(nodes);
        }
    }

    /// That of a container; mostly none.
    List<Block> memory(String pod, String container);

    /// That which containers may be given at all.
    List<Block> allocatableMemory();
}

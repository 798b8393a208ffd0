package io.k3j.kubeletdevices;

import java.util.List;

/// A device of a plug-in.
///
/// @param id the plug-in's own name of it
/// @param healthy whether a container may be given it
/// @param nodes the NUMA nodes it is near to; empty where the plug-in does not say
record Device(String id, boolean healthy, List<Long> nodes) {
    /// What checkpoints have in place of a NUMA node where there is none.
    static final long NO_NODE = -1;

    Device unhealthy() {
        return new Device(id, false, nodes);
    }
}

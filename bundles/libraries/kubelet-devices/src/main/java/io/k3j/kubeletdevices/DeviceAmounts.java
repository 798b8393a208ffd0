package io.k3j.kubeletdevices;

import java.util.Map;

/// What a node has by its plug-ins, in the order of names.
///
/// @param capacity devices by resource, also those that cannot be used
/// @param allocatable those that a container may be given
public record DeviceAmounts(Map<String, Long> capacity, Map<String, Long> allocatable) {
    /// A node without plug-ins.
    public static final DeviceAmounts NONE = new DeviceAmounts(Map.of(), Map.of());
}

package io.k3j.podstatus;

import io.k3j.model.Struct;
import java.util.Map;

/// Resources of a pod and what becomes of its resize, as its status tells them.
///
/// @param given the allocated resources by container name
/// @param applied the effective resources by id of the running container
/// @param conditions reason and message by type
/// @param pod allocated and effective resources of the pod as a whole; empty where it has none
public record ResizeStatus(Map<String, Struct> given, Map<String, Struct> applied,
        Map<String, PodStatus.Waiting> conditions, OfPod pod) {
    /// Resources of a pod as a whole.
    public record OfPod(Struct given, Struct applied) {
        /// Of a pod that has none as a whole.
        public static final OfPod NONE = new OfPod(Struct.EMPTY, Struct.EMPTY);
    }
}

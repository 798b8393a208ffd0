package io.k3j.podstatus;

import io.k3j.model.Struct;
import java.util.Map;

/// Resources of a pod and what becomes of its resize, as its status tells them.
///
/// @param given the allocated resources by container name
/// @param applied the effective resources by id of the running container
/// @param conditions by type
/// @param pod allocated requests and effective resources of the pod as a whole
public record ResizeStatus(Map<String, Struct> given, Map<String, Struct> applied,
        Map<String, Condition> conditions, OfPod pod) {
    /// What has become of a resize.
    ///
    /// @param generation of the pod that asked for it
    public record Condition(String reason, String message, long generation) {
    }

    /// Resources of a pod as a whole.
    ///
    /// @param requests all that is allocated
    /// @param applied what is in force
    public record OfPod(Struct requests, Struct applied) {
        /// Of a pod that has none.
        public static final OfPod NONE = new OfPod(Struct.EMPTY, Struct.EMPTY);
    }
}

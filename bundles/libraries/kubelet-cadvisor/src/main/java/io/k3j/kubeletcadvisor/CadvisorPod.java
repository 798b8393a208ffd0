package io.k3j.kubeletcadvisor;

import java.util.List;

/// A pod of this node, as far as control groups tell of it. A value.
///
/// @param uid by which its group is named
/// @param namespace of the label
/// @param name of the label `pod`
/// @param parts what runs of it: its sandboxes and its containers
public record CadvisorPod(String uid, String namespace, String name, List<Part> parts) {
    /// Copies the parts.
    public CadvisorPod {
        parts = List.copyOf(parts);
    }

    /// A container, or a sandbox.
    ///
    /// @param id of the runtime, by which its group is named; the label `name`
    /// @param container its name in the pod; empty for a sandbox
    /// @param image in full, may be empty
    public record Part(String id, String container, String image) {
        /// Of a group that is neither.
        static final Part NONE = new Part("", "", "");
    }
}

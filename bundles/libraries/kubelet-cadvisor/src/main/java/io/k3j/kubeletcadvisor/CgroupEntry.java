package io.k3j.kubeletcadvisor;

import java.util.Map;

/// A control group that is shown, and whose it is. A value.
///
/// @param id its path as the kernel shows it, `/` for the whole machine
/// @param kind what it is
/// @param namespace of the pod; empty for a group that is no pod's
/// @param pod its name; empty for a group that is no pod's
/// @param part the container or sandbox; [CadvisorPod.Part#NONE] for any other group
record CgroupEntry(String id, Kind kind, String namespace, String pod, CadvisorPod.Part part) {
    /// What all processes of the machine are in.
    static final CgroupEntry MACHINE = new CgroupEntry("/", Kind.MACHINE, "", "", CadvisorPod.Part.NONE);

    /// What a group is.
    enum Kind {
        /// The whole machine.
        MACHINE,
        /// A pod, a QoS class, the kubelet's own, or one that a container has made.
        GROUP,
        /// What holds a pod's network.
        SANDBOX,
        /// A container of a pod.
        CONTAINER
    }

    boolean machine() {
        return kind == Kind.MACHINE;
    }

    /// Whether the network of its first process is told here; that of containers is their sandbox's.
    boolean networked() {
        return kind == Kind.MACHINE || kind == Kind.SANDBOX;
    }

    /// The labels of every figure of it, empty where there is nothing to say.
    Map<String, String> labels() {
        return Map.of("container", part.container(), "id", id, "image", part.image(), "name", part.id(), "namespace",
                namespace, "pod", pod);
    }
}

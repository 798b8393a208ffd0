package io.k3j.kubeletuserns;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// The ids of the host that users and groups of a pod are: 0 in the pod is `first`, and so on. A value.
///
/// @param first the host's id for 0
/// @param length how many ids the pod has
public record UserNamespace(long first, long length) {
    private static final String USERS = "uidMappings";
    private static final String GROUPS = "gidMappings";
    /// Where CRI has it, in the configurations of sandboxes and of containers.
    private static final String[] OPTIONS = {"linux", "securityContext", "namespaceOptions", "usernsOptions"};
    private static final long MOST = 0xFFFFFFFFL;

    /// A `PodSandboxConfig` with this namespace.
    Struct sandbox(Struct config) {
        return config.withAt(Struct.of("mode", "POD", "uids", mappings(), "gids", mappings()), OPTIONS);
    }

    /// A `ContainerConfig` with this namespace, whose mounts are all mapped by the kernel: files keep the ids that they
    /// have on the host, and the pod sees them as if it had no namespace.
    Struct container(Struct config) {
        Struct made = sandbox(config);
        return made.with("mounts", made.seq("mounts")
                .mapped(mount -> mount.with(USERS, mappings()).with(GROUPS, mappings())));
    }

    private Seq mappings() {
        return Seq.of(Struct.of("hostId", first, "containerId", 0, "length", length));
    }

    /// Upstream's file, so that its kubelet can take a node over, and this one upstream's.
    byte[] file() {
        return Json.bytes(Struct.of(USERS, mappings(), GROUPS, mappings()));
    }

    /// Reads upstream's file.
    /// @throws IllegalArgumentException in upstream's words for what no kubelet has written
    static UserNamespace read(byte[] file) {
        Struct tree;
        try {
            tree = Json.object(file);
        } catch (MalformedInput e) {
            throw new IllegalArgumentException("invalid user namespace mappings file: " + e.getMessage(), e);
        }
        if (tree.seq(USERS).size() != 1) {
            throw invalid("no more than one mapping allowed.");
        }
        if (!tree.seq(USERS).equals(tree.seq(GROUPS))) {
            throw invalid("GID and UID mappings should be identical.");
        }
        Struct mapping = tree.seq(USERS).struct(0);
        if (mapping.whole("containerId", -1) != 0) {
            throw invalid("UID 0 must be mapped");
        }
        long first = mapping.whole("hostId", -1);
        long length = mapping.whole("length", -1);
        if (first <= 0 || length <= 0 || first + length - 1 > MOST) {
            throw invalid("ids " + first + " and " + length + " after it are none of the host's");
        }
        return new UserNamespace(first, length);
    }

    private static IllegalArgumentException invalid(String why) {
        return new IllegalArgumentException("invalid user namespace configuration: " + why);
    }
}

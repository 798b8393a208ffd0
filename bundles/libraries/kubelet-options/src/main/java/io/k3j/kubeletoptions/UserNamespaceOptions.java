package io.k3j.kubeletoptions;

import io.k3j.kubeletuserns.IdRange;
import io.k3j.kubeletuserns.SubordinateIds;
import io.k3j.kubeletuserns.UserNamespaces;
import io.k3j.nodeapi.ContainerRuntime;
import java.io.IOException;
import java.security.SecureRandom;

/// Which ids of the host pods may have, by `userNamespaces.idsPerPod` of a file and the user `kubelet` of this machine.
public final class UserNamespaceOptions {
    private UserNamespaceOptions() {
    }

    /// Adopts those of pods that are there. Blocks for the disk, and for a program where that user is.
    /// @param cores of this machine
    /// @throws IllegalArgumentException when there are not enough ids for the pods of this node
    public static UserNamespaces of(KubeletOptions options, int cores, ContainerRuntime runtime) throws IOException {
        IdRange ids = new SubordinateIds().read(options.number("user-namespaces-ids-per-pod", IdRange.UNIT));
        return new UserNamespaces(options.pods(), ids.forPods(options.maxPods(cores)), runtime, new SecureRandom());
    }
}

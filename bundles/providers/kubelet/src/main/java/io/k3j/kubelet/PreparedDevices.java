package io.k3j.kubelet;

import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.List;

/// Devices of a pod's ResourceClaims in the pod's life: before its sandbox, in its containers, after their end. On the
/// pod's thread. A pod without claims costs nothing.
final class PreparedDevices {
    /// As CRI's message has it.
    private static final String CDI_DEVICES = "CDIDevices";

    private PreparedDevices() {
    }

    /// Has them prepared; the pod is told why they are not.
    /// @throws ConfigError the sandbox is made later
    static void prepare(Dependencies tools, Obj pod) {
        try {
            tools.claims().prepare(pod);
        } catch (IOException e) {
            String why = "Failed to prepare dynamic resources: " + e.getMessage();
            tools.tell(pod, true, "FailedPrepareDynamicResources", why);
            throw new ConfigError("FailedPrepareDynamicResources", why);
        }
    }

    /// The configuration of a container with what it has of them.
    static Struct added(Dependencies tools, Obj pod, Struct spec, Struct config) {
        List<String> ids = tools.claims().devices(pod, spec);
        if (ids.isEmpty()) {
            return config;
        }
        Seq all = config.seq(CDI_DEVICES);
        for (String id : ids) {
            all = all.plus(Struct.of("name", id));
        }
        return config.with(CDI_DEVICES, all);
    }

    /// Has them taken back. The pod is told, too: a driver that does not keeps it from going.
    static void release(Dependencies tools, Obj pod) throws IOException {
        try {
            tools.claims().release(pod.uid());
        } catch (IOException e) {
            tools.tell(pod, true, "FailedUnprepareDynamicResources",
                    "Failed to unprepare dynamic resources: " + e.getMessage());
            throw e;
        }
    }
}

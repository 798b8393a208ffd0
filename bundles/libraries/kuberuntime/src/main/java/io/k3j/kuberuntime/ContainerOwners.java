package io.k3j.kuberuntime;

import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.Sandbox;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which pods containers and sandboxes are of, by the labels that they were made with: events of a runtime name them by
/// their ids alone. Any thread; blocks for the runtime, which is asked once for each.
public final class ContainerOwners {
    /// How many are remembered; all are forgotten when there are more.
    private static final int MOST = 10_000;
    private final ContainerRuntime runtime;
    private final Map<String, String> uids = new ConcurrentHashMap<>();

    /// Asks nothing yet.
    public ContainerOwners(ContainerRuntime runtime) {
        this.runtime = runtime;
    }

    /// The uid of the pod of a container or a sandbox; empty for one that is of no pod, or not there.
    ///
    /// @throws io.k3j.nodeapi.RuntimeFault when the runtime does not tell; it is asked again the next time
    public String uid(String id) {
        String known = uids.get(id);
        if (known != null) {
            return known;
        }
        String uid = runtime.container(id).map(Container::labels).or(() -> runtime.sandbox(id).map(Sandbox::labels))
                .map(l -> l.getOrDefault(Labels.POD_UID, "")).orElse("");
        if (uids.size() >= MOST) {
            uids.clear();
        }
        uids.put(id, uid);
        return uid;
    }

    /// What has this id is not there any more, and none will have it again.
    public void forget(String id) {
        uids.remove(id);
    }
}

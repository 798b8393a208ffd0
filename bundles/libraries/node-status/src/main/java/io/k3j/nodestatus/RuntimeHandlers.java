package io.k3j.nodestatus;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import java.util.Comparator;
import java.util.List;

/// What the runtime and the handlers of RuntimeClasses can do, as a Node's status tells it; pure. See
/// <https://kubernetes.io/docs/reference/node/node-status/>.
final class RuntimeHandlers {
    private static final String FIELD = "runtimeHandlers";
    private static final String FEATURES = "features";

    private RuntimeHandlers() {
    }

    /// A status with the handlers of the runtime by name, and none where it does not tell: containerd gives them in any
    /// order, and another one is no news.
    /// @param groupsPolicy whether it knows `supplementalGroupsPolicy`; an older one is not said to know features
    static Struct tell(List<ContainerRuntime.Handler> handlers, boolean groupsPolicy, Struct status) {
        Struct features = groupsPolicy ? status.with(FEATURES, Struct.of("supplementalGroupsPolicy", true))
                : status.without(FEATURES);
        return handlers.isEmpty() ? features.without(FIELD)
                : features.with(FIELD, Seq.copyOf(handlers.stream()
                        .sorted(Comparator.comparing(ContainerRuntime.Handler::name)).map(RuntimeHandlers::handler)
                        .toList()));
    }

    private static Struct handler(ContainerRuntime.Handler handler) {
        return Struct.of("name", handler.name(), FEATURES, Struct.of("recursiveReadOnlyMounts",
                handler.recursiveReadOnlyMounts(), "userNamespaces", handler.userNamespaces()));
    }
}

package io.k3j.nodestatus;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import java.util.List;

/// What the handlers of RuntimeClasses can do, as a Node's status tells it; pure. See
/// <https://kubernetes.io/docs/reference/node/node-status/>.
final class RuntimeHandlers {
    private static final String FIELD = "runtimeHandlers";

    private RuntimeHandlers() {
    }

    /// A status with the handlers of the runtime, and none where it does not tell.
    static Struct tell(List<ContainerRuntime.Handler> handlers, Struct status) {
        return handlers.isEmpty() ? status.without(FIELD)
                : status.with(FIELD, Seq.copyOf(handlers.stream().map(RuntimeHandlers::handler).toList()));
    }

    private static Struct handler(ContainerRuntime.Handler handler) {
        return Struct.of("name", handler.name(), "features", Struct.of("recursiveReadOnlyMounts",
                handler.recursiveReadOnlyMounts(), "userNamespaces", handler.userNamespaces()));
    }
}

package io.k3j.kubelet;

import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Events;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/// What every pod worker uses; all of it safe for any number of threads.
///
/// @param hosts addresses of this node
/// @param nodeMemory bytes
/// @param room what its pods have been given
/// @param closed opens when the kubelet stops
record Tools(Options options, ContainerRuntime runtime, References references, Volumes volumes,
        Environment environment, Cgroups cgroups, Dns dns, Handlers handlers, Images images, StatusWriter statuses,
        Events events, TimeSource clock, Supplier<Collection<Obj>> services, List<String> hosts, long nodeMemory,
        Room room, Tokens tokens, Watches watches, Admission admission, CountDownLatch closed) {

    /// An event about a pod.
    void tell(Obj pod, boolean warning, String reason, String message) {
        events.tell(Events.reference(pod), warning ? "Warning" : "Normal", reason, message);
    }

    /// An event about a container of a pod.
    void tell(Obj pod, String container, boolean warning, String reason, String message) {
        String field = Pods.initContainers(pod).stream().anyMatch(c -> c.text("name").equals(container))
                ? "initContainers" : "containers";
        Struct about = Events.reference(pod).with("fieldPath", "spec." + field + "{" + container + "}");
        events.tell(about, warning ? "Warning" : "Normal", reason, message);
    }
}

package io.k3j.nodeproxy;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.stream.Stream;

/// Which container of a pod a request addresses, and its path at the kubelet.
final class PodTarget {
    private static final String DEFAULT = "kubectl.kubernetes.io/default-container";

    private PodTarget() {
    }

    /// The named container, or the only or default one.
    /// @throws ApiFault in upstream's words when there is none
    static String container(Obj pod, String named) {
        List<String> regular = names(pod, "containers");
        List<String> all = Stream.of("containers", "initContainers", "ephemeralContainers")
                .flatMap(f -> names(pod, f).stream()).toList();
        if (!named.isEmpty()) {
            if (!all.contains(named)) {
                throw ApiFault.badRequest("container " + named + " is not valid for pod " + pod.name());
            }
            return named;
        }
        String preset = pod.annotations().getOrDefault(DEFAULT, "");
        if (regular.size() == 1 || all.contains(preset)) {
            return all.contains(preset) ? preset : regular.getFirst();
        }
        throw ApiFault.badRequest("a container name must be specified for pod " + pod.name() + ", choose one of: ["
                + String.join(" ", regular) + "]");
    }

    private static List<String> names(Obj pod, String field) {
        return pod.spec().seq(field).structs().stream().map((Struct c) -> c.text("name")).toList();
    }

    /// The kubelet's path for a container: `/exec/<namespace>/<pod>/<container>`.
    static String path(String verb, Obj pod, String container) {
        return "/" + verb + "/" + pod.namespace() + "/" + pod.name() + (container.isEmpty() ? "" : "/" + container);
    }
}

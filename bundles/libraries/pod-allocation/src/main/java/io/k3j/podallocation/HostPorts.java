package io.k3j.podallocation;

import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The host ports that pods of this node use. For any thread. See `hostPort` in
/// <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports>.
public final class HostPorts {
    private static final String ANY = "0.0.0.0";
    private final Map<String, List<HostPort>> held = new HashMap<>();

    private record HostPort(String protocol, String ip, long number) {
        static HostPort of(Struct port) {
            String ip = port.text("hostIP");
            return new HostPort(port.text("protocol", "TCP").toUpperCase(Locale.ROOT), ip.isEmpty() ? ANY : ip,
                    port.whole("hostPort", 0));
        }

        boolean conflictsWith(HostPort other) {
            return number == other.number && protocol.equals(other.protocol)
                    && (ip.equals(other.ip) || ip.equals(ANY) || other.ip.equals(ANY));
        }
    }

    private static List<HostPort> of(Obj pod) {
        List<HostPort> all = new ArrayList<>();
        for (Struct container : PodSpecs.all(pod)) {
            container.seq("ports").structs().stream().filter(p -> p.whole("hostPort", 0) > 0).map(HostPort::of)
                    .forEach(all::add);
        }
        return all;
    }

    /// Whether no other pod has one of a pod's ports.
    public synchronized boolean available(Obj pod) {
        List<HostPort> wanted = of(pod);
        return held.entrySet().stream().filter(other -> !other.getKey().equals(pod.uid()))
                .flatMap(other -> other.getValue().stream()).noneMatch(p -> wanted.stream().anyMatch(p::conflictsWith));
    }

    /// Records the ports of a pod that runs, or is going to.
    public synchronized void keep(Obj pod) {
        List<HostPort> wanted = of(pod);
        if (!wanted.isEmpty()) {
            held.put(pod.uid(), wanted);
        }
    }

    /// Forgets the ports of a pod.
    public synchronized void free(String uid) {
        held.remove(uid);
    }
}

package io.k3j.scheduler;

import io.k3j.componenthelpers.Toleration;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schedulerconfig.SchedulerProfile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The scheduling-related values of a pod, read once from its object. Immutable; equality is identity.
final class PodInfo {
    /// A host port that a pod requests.
    record HostPort(String ip, String protocol, long port) {
        boolean conflictsWith(HostPort o) {
            return port == o.port && protocol.equals(o.protocol) && (ip.equals(o.ip) || any() || o.any());
        }

        private boolean any() {
            return ip.equals("0.0.0.0");
        }
    }

    private final Obj pod;
    private final Struct spec;
    private final String namespace;
    private final boolean terminating;
    private final Map<String, String> labels;
    private final ResourceAmounts requests;
    private final ResourceAmounts nonZero;
    private final List<HostPort> ports;
    private final List<Toleration> tolerations;
    private final PodAffinity affinity;
    private final List<SpreadConstraint> spread;
    private final Set<String> claims;

    PodInfo(Obj pod) {
        this.pod = pod;
        this.spec = pod.spec();
        this.namespace = pod.namespace();
        this.terminating = pod.terminating();
        this.labels = pod.labels();
        this.requests = PodRequests.of(pod);
        this.nonZero = PodRequests.nonZero(pod);
        this.ports = ports(spec);
        this.tolerations = Toleration.of(spec.seq("tolerations"));
        this.affinity = PodAffinity.of(pod);
        this.spread = SpreadConstraint.of(pod);
        Set<String> all = VolumeFilter.claims(pod);
        this.claims = all.isEmpty() ? Set.of() : Collections.unmodifiableSet(all);
    }

    private static List<HostPort> ports(Struct spec) {
        List<HostPort> all = new ArrayList<>();
        for (Struct container : spec.seq("containers").structs()) {
            addPorts(container, all);
        }
        for (Struct container : spec.seq("initContainers").structs()) {
            if (container.text("restartPolicy").equals("Always")) {
                addPorts(container, all);
            }
        }
        return List.copyOf(all);
    }

    private static void addPorts(Struct container, List<HostPort> all) {
        for (Struct port : container.seq("ports").structs()) {
            if (port.whole("hostPort", 0) > 0) {
                String ip = port.text("hostIP");
                all.add(new HostPort(ip.isEmpty() ? "0.0.0.0" : ip, port.text("protocol", "TCP"),
                        port.whole("hostPort", 0)));
            }
        }
    }

    Obj pod() {
        return pod;
    }

    Struct spec() {
        return spec;
    }

    Key key() {
        return pod.key();
    }

    String uid() {
        return pod.uid();
    }

    String namespace() {
        return namespace;
    }

    boolean terminating() {
        return terminating;
    }

    Map<String, String> labels() {
        return labels;
    }

    ResourceAmounts requests() {
        return requests;
    }

    ResourceAmounts nonZero() {
        return nonZero;
    }

    List<HostPort> ports() {
        return ports;
    }

    List<Toleration> tolerations() {
        return tolerations;
    }

    PodAffinity affinity() {
        return affinity;
    }

    List<SpreadConstraint> spread() {
        return spread;
    }

    /// The names of its claims in the order of its volumes, each once.
    Set<String> claims() {
        return claims;
    }

    long priority() {
        return spec.whole("priority", 0);
    }

    /// Who is to schedule it.
    String schedulerName() {
        return spec.text("schedulerName", SchedulerProfile.DEFAULT_NAME);
    }

    String node() {
        return spec.text("nodeName");
    }

    Optional<String> nominatedNode() {
        String node = pod.status().text("nominatedNodeName");
        return node.isEmpty() ? Optional.empty() : Optional.of(node);
    }
}

package io.k3j.schedulercache;

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
public final class PodInfo {
    /// A host port that a pod requests.
    public record HostPort(String ip, String protocol, long port) {
        /// Whether two pods cannot have both on one node.
        public boolean conflictsWith(HostPort o) {
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

    /// Reads a pod.
    public PodInfo(Obj pod) {
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
        Set<String> all = PodClaims.of(pod);
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

    /// The object.
    public Obj pod() {
        return pod;
    }

    /// Its `spec`.
    public Struct spec() {
        return spec;
    }

    /// Its namespace and name.
    public Key key() {
        return pod.key();
    }

    /// Its UID.
    public String uid() {
        return pod.uid();
    }

    /// Its namespace.
    public String namespace() {
        return namespace;
    }

    /// Whether it is being deleted.
    public boolean terminating() {
        return terminating;
    }

    /// Its labels.
    public Map<String, String> labels() {
        return labels;
    }

    /// What it requests, as the node counts it.
    public ResourceAmounts requests() {
        return requests;
    }

    /// The same for scoring: a container without requests counts as a small one.
    public ResourceAmounts nonZero() {
        return nonZero;
    }

    /// The ports of its node that it wants.
    public List<HostPort> ports() {
        return ports;
    }

    /// Its tolerations.
    public List<Toleration> tolerations() {
        return tolerations;
    }

    /// Which nodes and which other pods it wants to be near.
    public PodAffinity affinity() {
        return affinity;
    }

    /// Its own topology spread constraints.
    public List<SpreadConstraint> spread() {
        return spread;
    }

    /// The names of its claims in the order of its volumes, each once.
    public Set<String> claims() {
        return claims;
    }

    /// Those of them that are made for it, and go with it.
    public Set<String> ownClaims() {
        return PodClaims.madeFor(pod);
    }

    /// Its priority, 0 where nothing is said.
    public long priority() {
        return spec.whole("priority", 0);
    }

    /// Who is to schedule it.
    public String schedulerName() {
        return spec.text("schedulerName", SchedulerProfile.DEFAULT_NAME);
    }

    /// The node that it is bound to, or is to be bound to whatever the scheduler finds; empty for none.
    public String node() {
        return spec.text("nodeName");
    }

    /// The node on which room is kept for it.
    public Optional<String> nominatedNode() {
        String node = pod.status().text("nominatedNodeName");
        return node.isEmpty() ? Optional.empty() : Optional.of(node);
    }
}

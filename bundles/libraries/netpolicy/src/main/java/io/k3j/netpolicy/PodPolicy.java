package io.k3j.netpolicy;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// A NetworkPolicy that has been read.
public final class PodPolicy implements Comparable<PodPolicy> {
    private final Key key;
    private final Selector pods;
    private final Optional<List<AllowedTraffic>> ingress;
    private final Optional<List<AllowedTraffic>> egress;

    private PodPolicy(Key key, Selector pods, Optional<List<AllowedTraffic>> ingress,
            Optional<List<AllowedTraffic>> egress) {
        this.key = key;
        this.pods = pods;
        this.ingress = ingress;
        this.egress = egress;
    }

    /// Reads one. Without `policyTypes` it is about ingress, and about egress where it has such rules, as the API
    /// server fills in. A `podSelector` that cannot be understood selects every pod of the namespace, since policies
    /// close.
    public static PodPolicy of(Obj policy) {
        Struct spec = policy.spec();
        Seq types = spec.seq("policyTypes");
        boolean in = types.isEmpty() || types.contains("Ingress");
        boolean out = types.isEmpty() ? !spec.seq("egress").isEmpty() : types.contains("Egress");
        return new PodPolicy(policy.key(), subjects(spec.struct("podSelector")),
                in ? Optional.of(rules(spec, "ingress", "from", policy.namespace())) : Optional.empty(),
                out ? Optional.of(rules(spec, "egress", "to", policy.namespace())) : Optional.empty());
    }

    private static Selector subjects(Struct text) {
        try {
            return Selector.of(text);
        } catch (IllegalArgumentException unknown) {
            return Selector.EVERYTHING;
        }
    }

    private static List<AllowedTraffic> rules(Struct spec, String field, String side, String namespace) {
        return spec.seq(field).structs().stream().map(r -> AllowedTraffic.of(r, side, namespace)).toList();
    }

    /// Namespace and name.
    public Key key() {
        return key;
    }

    /// Whether it is about a pod.
    public boolean selects(PolicyPod pod) {
        return key.namespace().equals(pod.key().namespace()) && pods.matches(pod.labels());
    }

    /// What it lets through; empty when it says nothing of that direction, which then stays open.
    public Optional<List<AllowedTraffic>> rules(Direction direction) {
        return direction == Direction.INGRESS ? ingress : egress;
    }

    /// By namespace and name.
    @Override
    public int compareTo(PodPolicy other) {
        return key.compareTo(other.key);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /// Namespace and name.
    @Override
    public String toString() {
        return key.toString();
    }
}

package io.k3j.nodewrites;

import io.k3j.apiserverapi.Write;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The rules of `node-writes.txt`, whose head says what each means. Pure but for the views that some of them read.
enum NodeRule {
    /// Any value.
    ANY,
    /// What the server sets, whatever is asked for.
    SERVER,
    /// Nothing.
    REFUSED,
    /// From unset to a value.
    ONCE,
    /// From a value to unset.
    REMOVED,
    /// One of the arguments.
    ONE_OF,
    /// The node's name.
    SELF,
    /// Of a map, the keys that an argument is, or begins if it ends in `*`.
    KEYS,
    /// Of a map, the labels that [NodeLabels] does not forbid.
    KUBELET_LABELS,
    /// Owners that are the node, and that are not kept by it.
    OWNED_BY_SELF,
    /// Addresses of the node or of its part of the pod network.
    OWN_ADDRESSES,
    /// An object with the node's name, in the namespace that is given.
    NAMED_SELF,
    /// An object whose `spec.nodeName` is and stays the node's.
    ON_SELF,
    /// A pod that is on the node.
    OWN_POD,
    /// A pod as [MirrorPods] have to be.
    OWN_MIRROR_POD,
    /// A token for a pod that is on the node.
    OWN_PODS_TOKEN,
    /// A certificate for a pod that is on the node, as its volumes ask for.
    OWN_PODS_CERTIFICATE,
    /// The node's part of the cluster's DNS.
    OWN_DNS_SLICE,
    /// A Node whose network no identity with its name runs.
    UNMARKED;

    /// A change of a value in a write by an identity of a node.
    /// @param node empty when the identity names none
    /// @param before null when there was none
    /// @param after null when there is none any more
    record Change(Write write, String node, NodeWrites.Lookup world, @Nullable Object before, @Nullable Object after) {
        /// The object that is written.
        Struct object() {
            return struct(after);
        }

        /// The value that is written.
        String text() {
            return after == null ? "" : after.toString();
        }
    }

    /// By its name in the table.
    /// @throws IllegalArgumentException when there is none
    static NodeRule of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /// What it objects to, possibly the empty text; empty when it agrees.
    /// @param arguments of the row
    Optional<String> objection(Change c, List<String> arguments) {
        return switch (this) {
            case ANY, SERVER -> Optional.empty();
            case REFUSED -> Optional.of("");
            case ONCE -> unless(c.before == null || c.before.equals("") || c.before.equals(false), "");
            case REMOVED -> unless(c.after == null, "");
            case ONE_OF -> unless(c.after instanceof String s && arguments.contains(s), c.text());
            case SELF -> unless(c.node.equals(c.after), c.text());
            case KEYS -> keys(c, key -> arguments.stream().noneMatch(allowed -> matches(allowed, key)));
            case KUBELET_LABELS -> keys(c, NodeLabels::forbidden);
            case OWNED_BY_SELF -> unless(!(c.after instanceof Seq all) || all.stream().allMatch(o -> owns(c.node, o)),
                    "");
            case OWN_ADDRESSES -> NodeRelations.foreignAddresses(c);
            case NAMED_SELF -> unless(c.write.key().name().equals(c.node)
                    && (arguments.isEmpty() || arguments.contains(c.write.key().namespace())), "");
            case ON_SELF -> unless(nodeOf(c.write.before().orElse(c.object())).equals(c.node)
                    && nodeOf(c.object()).equals(c.node), "");
            case OWN_POD -> NodeRelations.ownPod(c);
            case OWN_MIRROR_POD -> MirrorPods.problem(c.object(), c.node,
                    c.world.find(NodeRelations.NODES, "", c.node));
            case OWN_PODS_TOKEN -> NodeRelations.token(c);
            case OWN_PODS_CERTIFICATE -> PodCertificateRelations.problem(c);
            case OWN_DNS_SLICE -> NodeRelations.dnsSlice(c);
            case UNMARKED -> unless(!c.write.before().orElse(Struct.EMPTY).struct("metadata").struct("annotations")
                    .has(NodeWrites.BOUND), "");
        };
    }

    private static String nodeOf(Struct object) {
        return object.struct("spec").text("nodeName");
    }

    /// An objection to `what`, unless something holds.
    static Optional<String> unless(boolean holds, String what) {
        return holds ? Optional.empty() : Optional.of(what);
    }

    /// The keys of a map that differ and are forbidden. A key without a value is there.
    private static Optional<String> keys(Change change, Predicate<String> forbidden) {
        Struct before = struct(change.before);
        Struct after = struct(change.after);
        Set<String> keys = new TreeSet<>(before.names());
        keys.addAll(after.names());
        keys.removeIf(key -> Objects.equals(before.get(key), after.get(key)) || !forbidden.test(key));
        return unless(keys.isEmpty(), String.join(", ", keys));
    }

    private static boolean matches(String allowed, String key) {
        return allowed.endsWith("*") ? key.startsWith(allowed.substring(0, allowed.length() - 1)) : key.equals(allowed);
    }

    /// An owner that the node kept from deletion would be one it has a say in.
    private static boolean owns(String node, Object owner) {
        return owner instanceof Struct o && o.text("apiVersion").equals("v1") && o.text("kind").equals("Node")
                && o.text("name").equals(node) && !o.flag("blockOwnerDeletion");
    }

    private static Struct struct(@Nullable Object value) {
        return value instanceof Struct s ? s : Struct.EMPTY;
    }
}

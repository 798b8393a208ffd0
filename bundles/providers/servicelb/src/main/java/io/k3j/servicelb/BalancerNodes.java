package io.k3j.servicelb;

import io.k3j.componenthelpers.Taint;
import io.k3j.componenthelpers.Toleration;
import io.k3j.model.Obj;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// All nodes as the balancer sees them. Reads a Node anew only when it has changed; which nodes carry Services of the
/// same labels and tolerations is found once. For one thread.
final class BalancerNodes {
    /// What the pods of K3s' balancer tolerate, by its DaemonSet and as pods of one. Whether a node answers is told by
    /// its condition, not by a taint.
    private static final List<Toleration> TOLERATED = List.of(exists("node-role.kubernetes.io/master", "NoSchedule"),
            exists("node-role.kubernetes.io/control-plane", "NoSchedule"), exists("CriticalAddonsOnly", ""),
            exists("node.kubernetes.io/not-ready", ""), exists("node.kubernetes.io/unreachable", ""),
            exists("node.kubernetes.io/disk-pressure", "NoSchedule"),
            exists("node.kubernetes.io/memory-pressure", "NoSchedule"),
            exists("node.kubernetes.io/pid-pressure", "NoSchedule"),
            exists("node.kubernetes.io/unschedulable", "NoSchedule"),
            exists("node.kubernetes.io/network-unavailable", "NoSchedule"));
    /// How many answers are kept; beyond it all are found anew.
    private static final int MOST_ANSWERS = 1_000;

    private final Predicate<InetAddress> usable;
    private final Map<Asked, Set<String>> answers = new HashMap<>();
    private Map<String, Known> nodes = new TreeMap<>();
    private Map<String, String> owners = Map.of();
    private boolean labelled;

    private record Asked(String pool, List<Toleration> tolerations) {
    }

    private record Known(long revision, BalancerNode facts, PortReport report) {
    }

    /// @param usable which addresses of nodes Services may have
    BalancerNodes(Predicate<InetAddress> usable) {
        this.usable = usable;
    }

    private static Toleration exists(String key, String effect) {
        return new Toleration(key, true, "", effect, OptionalLong.empty());
    }

    /// Reads the Nodes as they are now.
    void refresh(Collection<Obj> objects) {
        Map<String, Known> next = new TreeMap<>();
        boolean same = objects.size() == nodes.size();
        for (Obj node : objects) {
            @Nullable
            Known before = nodes.get(node.name());
            Known now = before != null && before.revision() == node.revision() ? before : read(node);
            same &= before != null && (before == now || before.facts().equals(now.facts()));
            next.put(node.name(), now);
        }
        nodes = next;
        if (!same) {
            answers.clear();
            labelled = next.values().stream().anyMatch(k -> !k.facts().enabled().isEmpty());
            owners = owners();
        }
    }

    /// Reads all of them anew at the next [#refresh], as if none had been known: what is usable has changed.
    void forget() {
        nodes = new TreeMap<>();
        answers.clear();
        owners = Map.of();
    }

    private Known read(Obj node) {
        return new Known(node.revision(), facts(node), report(node));
    }

    BalancerNode facts(Obj node) {
        return BalancerNode.of(node, usable);
    }

    static PortReport report(Obj node) {
        return PortReport.parse(node.annotations().getOrDefault(ServiceLbLabels.PORTS, ""));
    }

    /// Who an address belongs to: of nodes that claim the same, the oldest that is ready. So a node cannot draw the
    /// packets of another by its own word.
    private Map<String, String> owners() {
        Map<String, String> all = new HashMap<>();
        nodes.values().stream().map(Known::facts)
                .sorted(Comparator.comparing((BalancerNode n) -> !n.ready()).thenComparing(BalancerNode::created)
                        .thenComparing(BalancerNode::name))
                .forEach(n -> {
                    n.internal().forEach(a -> all.putIfAbsent(a, n.name()));
                    n.external().forEach(a -> all.putIfAbsent(a, n.name()));
                });
        return all;
    }

    /// The node that has an address.
    Optional<String> owner(String address) {
        return Optional.ofNullable(owners.get(address));
    }

    /// The node of a name.
    Optional<BalancerNode> node(String name) {
        return Optional.ofNullable(nodes.get(name)).map(Known::facts);
    }

    /// What a node says of its ports.
    PortReport report(String name) {
        Known known = nodes.get(name);
        return known == null ? PortReport.NONE : known.report();
    }

    /// The names of the nodes that carry a Service, sorted, whether or not they are ready. The same set for equal
    /// Services.
    Set<String> carrying(BalancedService service) {
        if (answers.size() > MOST_ANSWERS) {
            answers.clear();
        }
        return answers.computeIfAbsent(new Asked(service.pool(), service.placement().tolerations()), this::find);
    }

    private Set<String> find(Asked asked) {
        Set<String> found = new TreeSet<>();
        for (Known known : nodes.values()) {
            BalancerNode node = known.facts();
            boolean chosen = !labelled || node.enabled().equals("true")
                    && (asked.pool().isEmpty() || asked.pool().equals(node.pool()));
            if (chosen && !node.excluded() && node.taints().stream().allMatch(t -> tolerated(asked, t))) {
                found.add(node.name());
            }
        }
        return found;
    }

    private static boolean tolerated(Asked asked, Taint taint) {
        return Toleration.tolerated(TOLERATED, taint) || Toleration.tolerated(asked.tolerations(), taint);
    }
}

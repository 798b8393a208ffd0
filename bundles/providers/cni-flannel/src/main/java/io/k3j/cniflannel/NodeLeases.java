package io.k3j.cniflannel;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Obj;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The leases of the other nodes. A Node is read when it has changed; all are compared with each other when a lease
/// has. For one thread.
final class NodeLeases {
    private static final System.Logger LOG = System.getLogger("io.k3j.cniflannel");
    private final String me;
    private final List<Cidr> cluster;
    private Map<String, Known> known = Map.of();
    private Lease own = new Lease("", "", List.of());
    private List<Lease> usable = List.of();
    private Set<String> told = Set.of();
    private int reads;
    private int comparisons;

    private record Known(long revision, Optional<Lease> lease) {
    }

    /// @param me the name of this node
    /// @param cluster the pod network
    NodeLeases(String me, List<Cidr> cluster) {
        this.me = me;
        this.cluster = cluster;
    }

    /// The leases that can be, sorted by node: of two that contradict each other the first. The same list while none
    /// has changed.
    List<Lease> of(Collection<Obj> nodes, Lease mine) {
        Map<String, Known> next = new TreeMap<>();
        nodes.stream().filter(n -> !n.name().equals(me)).forEach(n -> next.put(n.name(), known(n)));
        boolean same = own.equals(mine) && next.equals(known);
        boolean leases = same || own.equals(mine) && leases(next).equals(leases(known));
        known = next;
        own = mine;
        if (!leases) {
            usable = compare(leases(next));
        }
        return usable;
    }

    /// How many Nodes have been read.
    int reads() {
        return reads;
    }

    /// How often a range was looked up among the others.
    int comparisons() {
        return comparisons;
    }

    private Known known(Obj node) {
        @Nullable
        Known before = known.get(node.name());
        if (before != null && before.revision() == node.revision() && node.revision() > 0) {
            return before;
        }
        reads++;
        return new Known(node.revision(), Lease.of(node));
    }

    private static List<Lease> leases(Map<String, Known> all) {
        return all.values().stream().flatMap(k -> k.lease().stream()).toList();
    }

    private List<Lease> compare(List<Lease> leases) {
        Map<Boolean, Taken> taken = Map.of(false, new Taken(), true, new Taken());
        own.reaches().forEach(r -> taken(taken, r.range()).take(r));
        List<Lease> all = new ArrayList<>();
        Set<String> problems = new HashSet<>();
        for (Lease lease : leases) {
            List<PeerAddress> good = new ArrayList<>();
            for (PeerAddress reach : lease.reaches()) {
                String problem = problem(reach, taken(taken, reach.range()));
                if (problem.isEmpty()) {
                    good.add(reach);
                } else {
                    problems.add("node=" + lease.node() + " range=" + reach.range() + " reason=" + problem);
                }
            }
            if (!good.isEmpty()) {
                all.add(new Lease(lease.node(), lease.type(), good));
            }
        }
        problems.stream().filter(p -> !told.contains(p)).sorted()
                .forEach(p -> LOG.log(System.Logger.Level.WARNING, "Ignoring pod range of another node {0}", p));
        told = problems;
        return List.copyOf(all);
    }

    private static Taken taken(Map<Boolean, Taken> all, Cidr range) {
        return all.getOrDefault(range.ipv6(), new Taken());
    }

    private String problem(PeerAddress reach, Taken taken) {
        comparisons++;
        if (cluster.stream().noneMatch(c -> c.contains(reach.range()))) {
            return "not in --cluster-cidr";
        }
        return taken.take(reach) ? "" : "somebody else has it, or the MAC address or key of the node";
    }

    /// What nodes have in one family. Ranges nest or are disjoint, so one that overlaps another is its neighbour.
    private static final class Taken {
        private final TreeMap<byte[], Cidr> ranges = new TreeMap<>(Arrays::compareUnsigned);
        private final Set<String> tokens = new HashSet<>();

        boolean take(PeerAddress reach) {
            Cidr range = reach.range().network();
            byte[] base = range.base().getAddress();
            Map.@Nullable Entry<byte[], Cidr> before = ranges.floorEntry(base);
            Map.@Nullable Entry<byte[], Cidr> after = ranges.ceilingEntry(base);
            boolean free = (before == null || !before.getValue().contains(range))
                    && (after == null || !range.contains(after.getValue())) && !tokens.contains(reach.token());
            if (free) {
                ranges.put(base, range);
                if (!reach.token().isEmpty()) {
                    tokens.add(reach.token());
                }
            }
            return free;
        }
    }
}

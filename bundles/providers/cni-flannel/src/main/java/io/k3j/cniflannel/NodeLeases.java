package io.k3j.cniflannel;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Obj;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
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

    private record Known(long revision, Optional<Claim> claim) {
    }

    /// What a node says of itself.
    ///
    /// @param created when its Node was made
    private record Claim(Lease lease, String created) {
    }

    /// One address of a claim, to be compared with all others.
    ///
    /// @param held whether the node had it before
    private record Offer(Claim claim, PeerAddress reach, boolean held) {
        String node() {
            return claim.lease().node();
        }
    }

    /// @param me the name of this node
    /// @param cluster the pod network
    NodeLeases(String me, List<Cidr> cluster) {
        this.me = me;
        this.cluster = cluster;
    }

    /// The leases that can be, sorted by node. Of two that contradict each other that of the node which had it before,
    /// else of the older Node: so a node cannot take another's place by its own word. The same list while none has
    /// changed.
    List<Lease> of(Collection<Obj> nodes, Lease mine) {
        Map<String, Known> next = new TreeMap<>();
        nodes.stream().filter(n -> !n.name().equals(me)).forEach(n -> next.put(n.name(), known(n)));
        boolean same = own.equals(mine) && next.equals(known);
        boolean claims = same || own.equals(mine) && claims(next).equals(claims(known));
        known = next;
        own = mine;
        if (!claims) {
            usable = compare(claims(next));
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
        return new Known(node.revision(),
                Lease.of(node).map(l -> new Claim(l, node.metadata().text("creationTimestamp"))));
    }

    private static List<Claim> claims(Map<String, Known> all) {
        return all.values().stream().flatMap(k -> k.claim().stream()).toList();
    }

    private List<Lease> compare(List<Claim> claims) {
        Map<Boolean, Taken> taken = Map.of(false, new Taken(), true, new Taken());
        own.reaches().forEach(r -> taken(taken, r.range()).take(r));
        Map<String, Set<PeerAddress>> good = new HashMap<>();
        Set<String> problems = new HashSet<>();
        for (Offer offer : offers(claims)) {
            String problem = problem(offer.reach(), taken(taken, offer.reach().range()));
            if (problem.isEmpty()) {
                good.computeIfAbsent(offer.node(), n -> new HashSet<>()).add(offer.reach());
            } else {
                problems.add("node=" + offer.node() + " range=" + offer.reach().range() + " reason=" + problem);
            }
        }
        problems.stream().filter(p -> !told.contains(p)).sorted()
                .forEach(p -> LOG.log(System.Logger.Level.WARNING, "Ignoring pod range of another node {0}", p));
        told = problems;
        return claims.stream().map(Claim::lease).filter(l -> good.containsKey(l.node()))
                .map(l -> new Lease(l.node(), l.type(), l.reaches().stream()
                        .filter(good.getOrDefault(l.node(), Set.of())::contains).toList()))
                .toList();
    }

    /// In the order in which they have what they claim.
    private List<Offer> offers(List<Claim> claims) {
        Map<String, Lease> before = new HashMap<>();
        usable.forEach(l -> before.put(l.node(), l));
        return claims.stream().flatMap(c -> c.lease().reaches().stream()
                .map(r -> new Offer(c, r, Optional.ofNullable(before.get(c.lease().node()))
                        .flatMap(l -> l.in(r.range().ipv6())).filter(had -> held(had, r)).isPresent())))
                .sorted(Comparator.comparing((Offer o) -> !o.held()).thenComparing(o -> o.claim().created())
                        .thenComparing(Offer::node))
                .toList();
    }

    /// By the MAC address or key; a node without either is known by its range.
    private static boolean held(PeerAddress had, PeerAddress has) {
        return had.token().equals(has.token()) && (!has.token().isEmpty() || had.range().equals(has.range()));
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

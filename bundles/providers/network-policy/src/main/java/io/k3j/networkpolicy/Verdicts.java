package io.k3j.networkpolicy;

import io.k3j.netfilter.NftTable;
import io.k3j.netpolicy.Direction;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What becomes of packets of this node's pods, by address: the maps and the set that the frame of the table asks.
final class Verdicts {
    private final Map<String, Map<String, String>> maps = new TreeMap<>();
    private final Map<String, Set<String>> self = new TreeMap<>();
    private final Set<Direction> closing = EnumSet.noneOf(Direction.class);

    /// @param chains where its packets go; empty when it is open in this direction
    void put(Direction direction, List<String> addresses, Optional<PolicyChains> chains) {
        String verdict = chains.map(c -> "goto " + c.chain()).orElse("return");
        for (String address : addresses) {
            String family = MemberSet.isIpv6(address) ? "6" : "4";
            maps.computeIfAbsent(direction.word() + family, m -> new TreeMap<>()).put(address, verdict);
            if (chains.isPresent()) {
                closing.add(direction);
                self.computeIfAbsent("self" + family, s -> new TreeSet<>()).add(address + " . " + address);
            }
        }
    }

    /// Whether a pod of this node is isolated in this direction.
    boolean closes(Direction direction) {
        return closing.contains(direction);
    }

    /// Adds `ingress4`, `egress6` and so on, which lead from an address to its chain, and `self4`, `self6`, by which a
    /// pod reaches itself.
    void into(NftTable table) {
        for (String family : List.of("4", "6")) {
            String address = family.equals("6") ? "ipv6_addr" : "ipv4_addr";
            for (Direction direction : Direction.values()) {
                String name = direction.word() + family;
                table.map(name, "type " + address + " : verdict;", maps.getOrDefault(name, Map.of()));
            }
            table.set("self" + family, "type " + address + " . " + address + ";",
                    self.getOrDefault("self" + family, Set.of()));
        }
    }
}

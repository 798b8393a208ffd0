package io.k3j.networkpolicy;

import io.k3j.model.Key;
import io.k3j.netpolicy.AddressRanges;
import io.k3j.netpolicy.AllowedTraffic;
import io.k3j.netpolicy.PolicyPeer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who may pass at some port, and by which policies: the sum of what they let through, so that equal rules of many
/// policies are one. Grants that say the same are equal.
final class Grant {
    /// Every address.
    static final AddressRanges EVERYBODY = AddressRanges
            .union(List.of(AddressRanges.block("0.0.0.0/0", List.of()), AddressRanges.block("::/0", List.of())));
    private final SortedMap<MemberSet.Source, SortedSet<Key>> pods = new TreeMap<>();
    private final Map<AddressRanges, SortedSet<Key>> blocks = new LinkedHashMap<>();

    void add(AllowedTraffic traffic, Key policy) {
        if (traffic.anyPeer()) {
            block(EVERYBODY, List.of(policy));
        }
        for (PolicyPeer peer : traffic.peers()) {
            switch (peer) {
                case PolicyPeer.Block block -> block(block.ranges(), List.of(policy));
                case PolicyPeer.Pods some -> pods(MemberSet.Source.of(some), List.of(policy));
            }
        }
    }

    void add(Grant other) {
        other.blocks.forEach(this::block);
        other.pods.forEach(this::pods);
    }

    private void block(AddressRanges ranges, Collection<Key> by) {
        blocks.computeIfAbsent(ranges, r -> new TreeSet<>()).addAll(by);
    }

    private void pods(MemberSet.Source source, Collection<Key> by) {
        pods.computeIfAbsent(source, s -> new TreeSet<>()).addAll(by);
    }

    /// How many entries a sum with it has to take over.
    long size() {
        return pods.values().stream().mapToLong(SortedSet::size).sum() + blocks.entrySet().stream()
                .mapToLong(e -> e.getKey().ranges().size() + e.getValue().size()).sum();
    }

    /// All blocks in one.
    AddressRanges block() {
        return blocks.size() == 1 ? blocks.keySet().iterator().next() : AddressRanges.union(blocks.keySet());
    }

    /// The policies the blocks come from.
    SortedSet<Key> blockPolicies() {
        SortedSet<Key> all = new TreeSet<>();
        blocks.values().forEach(all::addAll);
        return all;
    }

    /// The pods, each kind with its policies.
    SortedMap<MemberSet.Source, SortedSet<Key>> pods() {
        return pods;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Grant g && g.pods.equals(pods) && g.blocks.equals(blocks);
    }

    @Override
    public int hashCode() {
        return pods.hashCode() * 31 + blocks.hashCode();
    }
}

package io.k3j.embeddedregistry;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who has which images, as the nodes have told; this node's part of it. What is not told again is forgotten. One node
/// can fill a small part of the table only, whatever it tells. Any thread; does not block.
final class HolderTable {
    /// How long what a node has told counts.
    static final Duration KEPT = Duration.ofMinutes(15);
    /// References that one node may have here: a node with 1 000 images in a cluster of one has all of them here.
    static final int MOST_OF_NODE = 4_000;
    /// References of all nodes.
    static final int MOST = 100_000;
    /// Nodes that are remembered for one reference: those that told last.
    static final int MOST_HOLDERS = 16;
    /// Stands for any reference of an image.
    static final String ANY = "";
    private final InstantSource clock;
    private final Map<Key, LinkedHashMap<String, Instant>> holders = new HashMap<>();
    private final Map<String, Map<String, Set<String>>> told = new HashMap<>();
    private int size;

    private record Key(String image, String reference) {
    }

    /// @param clock for the ends of entries
    HolderTable(InstantSource clock) {
        this.clock = clock;
    }

    /// A node tells all that it has of an image; what it told of it before is replaced.
    ///
    /// @param references tags and digests; empty when it has the image no more
    /// @return false when a bound is reached; then nothing is kept of this image
    synchronized boolean tell(String node, String image, Set<String> references) {
        forget(node, image);
        Map<String, Set<String>> own = told.getOrDefault(node, Map.of());
        int more = references.size() + 1;
        int known = own.values().stream().mapToInt(Set::size).sum();
        if (references.isEmpty() || known + more > MOST_OF_NODE || size + more > MOST) {
            return references.isEmpty();
        }
        Set<String> all = new LinkedHashSet<>(references);
        all.add(ANY);
        told.computeIfAbsent(node, _ -> new HashMap<>()).put(image, all);
        size += all.size();
        Instant until = clock.instant().plus(KEPT);
        all.forEach(reference -> put(new Key(image, reference), node, until));
        return true;
    }

    private void put(Key key, String node, Instant until) {
        LinkedHashMap<String, Instant> nodes = holders.computeIfAbsent(key, _ -> new LinkedHashMap<>());
        nodes.put(node, until);
        if (nodes.size() > MOST_HOLDERS) {
            String eldest = nodes.keySet().iterator().next();
            nodes.remove(eldest);
        }
    }

    private void forget(String node, String image) {
        Map<String, Set<String>> own = told.get(node);
        Set<String> before = own == null ? null : own.remove(image);
        if (own == null || before == null) {
            return;
        }
        if (own.isEmpty()) {
            told.remove(node);
        }
        size -= before.size();
        for (String reference : before) {
            Key key = new Key(image, reference);
            LinkedHashMap<String, Instant> nodes = holders.getOrDefault(key, new LinkedHashMap<>());
            nodes.remove(node);
            if (nodes.isEmpty()) {
                holders.remove(key);
            }
        }
    }

    /// The nodes that have it, those that told last first.
    ///
    /// @param reference tag or digest, or [#ANY]
    synchronized List<String> holders(String image, String reference) {
        Instant now = clock.instant();
        List<String> all = new ArrayList<>();
        holders.getOrDefault(new Key(image, reference), new LinkedHashMap<>()).forEach((node, until) -> {
            if (now.isBefore(until)) {
                all.addFirst(node);
            }
        });
        return all;
    }

    /// Forgets what has not been told again, and all of nodes that share no more.
    ///
    /// @param members the nodes that share
    synchronized void sweep(Set<String> members) {
        Instant now = clock.instant();
        for (String node : List.copyOf(told.keySet())) {
            for (String image : List.copyOf(told.getOrDefault(node, Map.of()).keySet())) {
                Instant until = holders.getOrDefault(new Key(image, ANY), new LinkedHashMap<>()).get(node);
                if (until == null || !now.isBefore(until) || !members.contains(node)) {
                    forget(node, image);
                }
            }
        }
    }

    /// How many references are known, of all nodes.
    synchronized int size() {
        return size;
    }
}

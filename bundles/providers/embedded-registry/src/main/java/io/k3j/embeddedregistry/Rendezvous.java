package io.k3j.embeddedregistry;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// Which nodes know who has an image: rendezvous hashing (highest random weight) of its name over the nodes that share.
/// Every node comes to the same answer without asking, and one that comes or goes moves its own part only. Pure.
final class Rendezvous {
    /// How many nodes know of one image: two of them may be away.
    static final int COPIES = 3;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final long MIX_1 = 0xbf58476d1ce4e5b9L;
    private static final long MIX_2 = 0x94d049bb133111ebL;

    private Rendezvous() {
    }

    private record Weighed(String node, long weight) {
    }

    /// The nodes for an image, heaviest first; all of them where there are no more than [#COPIES].
    static List<String> of(String image, Collection<String> nodes) {
        long key = hash(image);
        return nodes.stream().map(n -> new Weighed(n, mixed(key ^ hash(n))))
                .sorted(Comparator.comparingLong(Weighed::weight).reversed().thenComparing(Weighed::node))
                .limit(COPIES).map(Weighed::node).toList();
    }

    /// FNV-1a, 64 bits.
    private static long hash(String text) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return mixed(hash);
    }

    /// The last step of SplitMix64, by which each bit of the weight depends on every one of the key.
    private static long mixed(long value) {
        long a = (value ^ value >>> 30) * MIX_1;
        long b = (a ^ a >>> 27) * MIX_2;
        return b ^ b >>> 31;
    }
}

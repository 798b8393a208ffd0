package io.k3j.embeddedregistry;

import io.k3j.apimachinery.Fnv;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Which nodes know who has an image: rendezvous hashing (highest random weight) of its name over the nodes that share.
/// Every node comes to the same answer without asking, and one that comes or goes moves its own part only. Pure.
final class Rendezvous {
    /// How many nodes know of one image: two of them may be away.
    static final int COPIES = 3;
    private static final long MIX_1 = 0xbf58476d1ce4e5b9L;
    private static final long MIX_2 = 0x94d049bb133111ebL;

    private final List<String> nodes;
    private final long[] hashes;

    /// Of these nodes, in any order. Made once for all images, as each node's name is looked at here only.
    Rendezvous(Collection<String> members) {
        nodes = members.stream().sorted().toList();
        hashes = nodes.stream().mapToLong(Rendezvous::hash).toArray();
    }

    /// The nodes for an image, heaviest first; all of them where there are no more than [#COPIES].
    List<String> of(String image) {
        long key = hash(image);
        List<Weighed> heaviest = new ArrayList<>(COPIES + 1);
        for (int i = 0; i < hashes.length; i++) {
            long weight = mixed(key ^ hashes[i]);
            int place = heaviest.size();
            while (place > 0 && heaviest.get(place - 1).weight() < weight) {
                place--;
            }
            if (place < COPIES) {
                heaviest.add(place, new Weighed(nodes.get(i), weight));
                if (heaviest.size() > COPIES) {
                    heaviest.removeLast();
                }
            }
        }
        return heaviest.stream().map(Weighed::node).toList();
    }

    private record Weighed(String node, long weight) {
    }

    private static long hash(String text) {
        return mixed(Fnv.hash64(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// The last step of SplitMix64, by which each bit of the weight depends on every one of the key.
    private static long mixed(long value) {
        long a = (value ^ value >>> 30) * MIX_1;
        long b = (a ^ a >>> 27) * MIX_2;
        return b ^ b >>> 31;
    }
}

package io.k3j.embeddedregistry;

import java.util.HashMap;
import java.util.Map;

/// How much is given at once: so much in all, and so much to one node, that none keeps out the others. Any thread; does
/// not block.
final class Room {
    private final int most;
    private final int mostOfOne;
    private final Map<String, Integer> inside = new HashMap<>();
    private int all;

    /// @param most at once
    /// @param mostOfOne at once, of one node
    Room(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /// @return false when there is no room; else [#leave] has to follow
    synchronized boolean enter(String node) {
        int own = inside.getOrDefault(node, 0);
        if (all >= most || own >= mostOfOne) {
            return false;
        }
        inside.put(node, own + 1);
        all++;
        return true;
    }

    /// Gives the place back.
    synchronized void leave(String node) {
        inside.computeIfPresent(node, (_, own) -> own > 1 ? own - 1 : null);
        all--;
    }
}

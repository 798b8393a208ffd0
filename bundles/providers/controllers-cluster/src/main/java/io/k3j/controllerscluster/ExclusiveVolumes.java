package io.k3j.controllerscluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which node a volume that only one may have is being attached to, until the view shows the VolumeAttachment: two
/// nodes that are dealt with at once would both find none. Any thread.
final class ExclusiveVolumes {
    /// After so long the VolumeAttachment is not waited for any more; it may have gone before any view showed it.
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private record Hold(String node, Instant until) {
    }

    private final Map<String, Hold> holds = new ConcurrentHashMap<>();

    /// Takes a volume for a node.
    ///
    /// @return false while it is another's
    boolean take(String volume, String node, Instant now) {
        Hold wanted = new Hold(node, now.plus(LONGEST));
        Hold held = holds.merge(volume, wanted,
                (old, mine) -> old.node().equals(node) || now.isAfter(old.until()) ? mine : old);
        return held.equals(wanted);
    }

    /// The view shows it, or nothing came of it.
    void release(String volume, String node) {
        holds.computeIfPresent(volume, (v, held) -> held.node().equals(node) ? null : held);
    }
}

package io.k3j.volumecontrollers;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which node a volume that only one may have is being attached to, until the view shows the VolumeAttachment: two
/// nodes that are dealt with at once would both find none. Any thread.
final class ExclusiveVolumes {
    /// After so long the API is asked whether the VolumeAttachment is there: it may have gone before any view showed
    /// it, or the view may be that late.
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private record Hold(String node, Instant until) {
    }

    private final Map<String, Hold> holds = new ConcurrentHashMap<>();

    /// Takes a volume for a node. Blocks as long as `attached` does.
    ///
    /// @param attached whether a node has the VolumeAttachment, as the API says; asked of one that is late
    /// @return false while it is another's
    boolean take(String volume, String node, Instant now, Predicate<String> attached) {
        Hold wanted = new Hold(node, now.plus(LONGEST));
        @Nullable
        Hold late = holds.get(volume);
        if (late != null && now.isAfter(late.until()) && !late.node().equals(node) && attached.test(late.node())) {
            holds.replace(volume, late, new Hold(late.node(), wanted.until()));
            return false;
        }
        Hold held = holds.merge(volume, wanted,
                (old, mine) -> old.node().equals(node) || now.isAfter(old.until()) ? mine : old);
        return held.equals(wanted);
    }

    /// The view shows it, or nothing came of it.
    void release(String volume, String node) {
        holds.computeIfPresent(volume, (v, held) -> held.node().equals(node) ? null : held);
    }
}

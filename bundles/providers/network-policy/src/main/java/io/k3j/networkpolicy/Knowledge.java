package io.k3j.networkpolicy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Whether all that rules are made of is known: what the API has, and this node's ranges of the pod network, without
/// which an address that nobody has decided about would be open. Until then what the kernel has stays.
///
/// A network that is somebody else's by configuration tells no ranges, and nobody waits for them. One that should tell
/// them and does not, since it is stopped or fails, is waited for [#RANGES_LIMIT] from when the API's part is known, so
/// that policies take effect without it: known pods are judged, and others are closed by the kubelet's waiting.
///
/// Any thread.
final class Knowledge implements BooleanSupplier {
    /// How long ranges are waited for.
    static final Duration RANGES_LIMIT = Duration.ofMinutes(2);
    private static final System.Logger LOG = System.getLogger("io.k3j.networkpolicy");
    private final BooleanSupplier views;
    private final InstantSource clock;
    private boolean ranges;
    private @Nullable Instant since;

    /// @param views whether the API's part is known
    /// @param awaited whether somebody is to tell ranges
    /// @param clock one that nobody sets
    Knowledge(BooleanSupplier views, boolean awaited, InstantSource clock) {
        this.views = views;
        this.clock = clock;
        this.ranges = !awaited;
    }

    /// Ranges have been told.
    synchronized void found() {
        ranges = true;
    }

    @Override
    public synchronized boolean getAsBoolean() {
        if (!views.getAsBoolean()) {
            return false;
        }
        if (ranges) {
            return true;
        }
        Instant now = clock.instant();
        Instant begun = since;
        if (begun == null) {
            since = now;
            return false;
        }
        if (Duration.between(begun, now).compareTo(RANGES_LIMIT) >= 0) {
            ranges = true;
            LOG.log(System.Logger.Level.WARNING, "Applied network policies without the pod network seconds={0}",
                    RANGES_LIMIT.toSeconds());
        }
        return ranges;
    }
}

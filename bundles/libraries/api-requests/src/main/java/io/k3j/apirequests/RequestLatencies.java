package io.k3j.apirequests;

import io.k3j.codec.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// How long the parts of one request took, as the annotations of a slow one tell it. Guarded by the [AuditContext].
final class RequestLatencies {
    /// What took longer is told; upstream's.
    static final Duration SLOW = Duration.ofMillis(500);
    private static final Latency[] PARTS = Latency.values();
    private final long[] nanos = new long[PARTS.length];

    /// A part took so long.
    void add(Latency part, long took) {
        nanos[part.ordinal()] = part.with(nanos[part.ordinal()], took);
    }

    /// Adds the annotations of a request that ends now; none of a quick one, of a watch, nor where no part is known.
    void tell(AuditEvents.Facts facts, Instant now, Map<String, String> annotations) {
        Duration total = Duration.between(facts.received(), now);
        if (total.compareTo(SLOW) <= 0 || facts.what().verb().equals("watch")) {
            return;
        }
        boolean any = false;
        for (Latency part : PARTS) {
            long took = nanos[part.ordinal()];
            if (took > 0) {
                annotations.putIfAbsent(part.key(), DurationText.text(took));
                any = true;
            }
        }
        if (any) {
            annotations.putIfAbsent(Latency.PREFIX + "total", DurationText.text(total.toNanos()));
        }
    }
}

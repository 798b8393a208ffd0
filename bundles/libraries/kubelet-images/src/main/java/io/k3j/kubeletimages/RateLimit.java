package io.k3j.kubeletimages;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// How often something may be done: a token bucket, as client-go's `flowcontrol`. It is full at first. Who finds it
/// empty gets a token that is due later, in the order of asking, so that many who wait come back one after the other
/// and not all for each token. Any thread; never blocks.
public final class RateLimit {
    /// Nothing waits.
    public static final RateLimit NONE = new RateLimit(0, 0, Instant::now);
    private static final double NANOS = 1e9;
    private final double perSecond;
    private final double burst;
    private final InstantSource clock;
    private double tokens;
    private Instant filled;

    /// @param perSecond how often in the long run; 0 for no limit
    /// @param burst how often at once, one at least
    /// @param clock the monotonic clock
    public RateLimit(double perSecond, long burst, InstantSource clock) {
        this.perSecond = perSecond;
        this.burst = Math.max(1, burst);
        this.clock = clock;
        tokens = this.burst;
        filled = clock.instant();
    }

    /// Takes a token, be it one that is due later.
    /// @return zero when it was there; else the time until it is due: the caller waits for it, or gives it back
    public synchronized Duration take() {
        if (perSecond <= 0) {
            return Duration.ZERO;
        }
        Instant now = clock.instant();
        tokens = Math.min(burst, tokens + Duration.between(filled, now).toNanos() / NANOS * perSecond);
        filled = now;
        tokens--;
        return tokens >= 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil(-tokens / perSecond * NANOS));
    }

    /// Gives a token back that was not used.
    synchronized void giveBack() {
        tokens = Math.min(burst, tokens + 1);
    }
}

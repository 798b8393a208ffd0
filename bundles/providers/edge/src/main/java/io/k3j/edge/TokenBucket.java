package io.k3j.edge;

/// A token bucket: a burst, then a rate per second. For one thread.
final class TokenBucket {
    private final double perNano;
    private final double capacity;
    private double tokens;
    private long lastNanos;

    TokenBucket(int burst, int perSecond) {
        this.capacity = burst;
        this.tokens = burst;
        this.perNano = perSecond / 1e9;
        this.lastNanos = System.nanoTime();
    }

    /// Takes a token; false when there is none.
    boolean take() {
        if (tokens < 1) {
            long now = System.nanoTime();
            tokens = Math.min(capacity, tokens + (now - lastNanos) * perNano);
            lastNanos = now;
            if (tokens < 1) {
                return false;
            }
        }
        tokens--;
        return true;
    }
}

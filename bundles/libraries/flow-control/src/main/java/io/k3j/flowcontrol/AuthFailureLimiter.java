package io.k3j.flowcontrol;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// How often credentials from one address may be wrong: a burst, then so many a second. Only wrong ones count and only
/// these are told to wait, so that anyone who tries tokens from behind the address of a node does not keep its kubelet
/// out. For any thread.
public final class AuthFailureLimiter {
    /// Wrong credentials at once.
    public static final int BURST = 100;
    /// Wrong credentials a second afterwards.
    static final int PER_SECOND = 10;
    /// Addresses remembered; the one that was wrong longest ago is forgotten.
    static final int ADDRESSES = 10_000;
    private final LongSupplier nanos;
    private final AtomicLong all = new AtomicLong();
    private final AtomicLong slowed = new AtomicLong();
    private final Map<String, Allowance> allowances = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Allowance> eldest) {
            return size() > ADDRESSES;
        }
    };

    /// What an address may still get wrong.
    private record Allowance(double left, long since) {
    }

    /// By a monotonic clock.
    public AuthFailureLimiter(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /// A credential from an address was wrong; whether that is too often.
    public boolean tooMany(String address) {
        all.incrementAndGet();
        long now = nanos.getAsLong();
        synchronized (allowances) {
            Allowance before = allowances.getOrDefault(address, new Allowance(BURST, now));
            double grown = before.left + (now - before.since) * PER_SECOND / (double) TimeUnit.SECONDS.toNanos(1);
            double left = Math.min(BURST, grown);
            allowances.put(address, new Allowance(left < 1 ? left : left - 1, now));
            if (left >= 1) {
                return false;
            }
        }
        slowed.incrementAndGet();
        return true;
    }

    /// Wrong credentials so far.
    public long all() {
        return all.get();
    }

    /// Those that were told to wait.
    public long slowed() {
        return slowed.get();
    }
}

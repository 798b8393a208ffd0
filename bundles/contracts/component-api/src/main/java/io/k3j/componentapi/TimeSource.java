package io.k3j.componentapi;

import java.time.Instant;
import java.time.InstantSource;
import org.osgi.annotation.versioning.ConsumerType;

/// Two clocks: the time of day ([#instant]), for what is written down and read by others, and a monotonic one, for how
/// long something took or takes. The time of day is set by people and by NTP, so a duration is never measured by it.
/// Any thread.
@ConsumerType
public interface TimeSource extends InstantSource {
    /// The clock that nobody sets. Its instants mean nothing but their distance, they begin near 1970 so that one that
    /// is written down by mistake is seen.
    InstantSource monotonic();

    /// The clocks of this machine; the monotonic one begins a day after the epoch, [System#nanoTime] moves it.
    static TimeSource system() {
        long begin = System.nanoTime();
        Instant origin = Instant.ofEpochSecond(86_400);
        return new TimeSource() {
            @Override
            public Instant instant() {
                return Instant.now();
            }

            @Override
            public InstantSource monotonic() {
                return () -> origin.plusNanos(System.nanoTime() - begin);
            }
        };
    }
}

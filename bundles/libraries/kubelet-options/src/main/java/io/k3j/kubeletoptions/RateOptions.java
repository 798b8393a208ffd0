package io.k3j.kubeletoptions;

import io.k3j.kubeletimages.RateLimit;
import java.time.InstantSource;

/// How often images are pulled and events are written: `registry-qps`, `registry-burst`, `event-qps`, `event-burst`, or
/// `registryPullQPS` and the like of files, with upstream's defaults. 0 for the rate is no limit.
public final class RateOptions {
    private RateOptions() {
    }

    /// @param clock the monotonic clock
    static RateLimit pulls(KubeletOptions options, InstantSource clock) {
        return limit(options, "registry", 5, 10, clock);
    }

    /// @param clock the monotonic clock
    public static RateLimit events(KubeletOptions options, InstantSource clock) {
        return limit(options, "event", 50, 100, clock);
    }

    private static RateLimit limit(KubeletOptions options, String what, long rate, long burst, InstantSource clock) {
        return new RateLimit(positive(options, what + "-qps", rate), positive(options, what + "-burst", burst), clock);
    }

    private static long positive(KubeletOptions options, String argument, long otherwise) {
        long value = options.number(argument, otherwise);
        if (value < 0) {
            throw new IllegalArgumentException("--kubelet-arg " + argument + "=" + value
                    + ": it must be 0 or greater");
        }
        return value;
    }
}

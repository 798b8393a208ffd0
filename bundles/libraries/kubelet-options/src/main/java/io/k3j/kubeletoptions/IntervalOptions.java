package io.k3j.kubeletoptions;

import io.k3j.kubeletserver.AccessLifetimes;
import io.k3j.kubeletvolumes.VolumeStats;
import java.time.Duration;

/// How often the kubelet looks at its pods and counts their volumes, and how long it remembers who may ask it:
/// `sync-frequency`, `file-check-frequency`, `cpu-manager-reconcile-period`, `volume-stats-agg-period`,
/// `authentication-token-webhook-cache-ttl`, `authorization-webhook-cache-authorized-ttl` and
/// `authorization-webhook-cache-unauthorized-ttl`, or the fields of files.
public final class IntervalOptions {
    private static final Duration LEAST = Duration.ofSeconds(1);

    private IntervalOptions() {
    }

    /// All that need no other options.
    /// @throws IllegalArgumentException naming the one that is wrong
    static void check(KubeletOptions options) {
        sync(options);
        manifests(options);
        cpus(options);
    }

    /// Between two looks at a pod that nothing has happened to, whose volumes are then made anew.
    /// @throws IllegalArgumentException for less than a second
    static Duration sync(KubeletOptions options) {
        return interval(options, "sync-frequency", "1m");
    }

    /// Between two looks at the manifests of static pods: `file-check-frequency`, five seconds where nothing is said.
    /// @throws IllegalArgumentException for less than a second
    public static Duration manifests(KubeletOptions options) {
        return interval(options, "file-check-frequency", "5s");
    }

    /// Between two times that containers are told their CPUs though none has changed: `cpu-manager-reconcile-period`.
    /// @throws IllegalArgumentException for less than a second
    public static Duration cpus(KubeletOptions options) {
        return interval(options, "cpu-manager-reconcile-period", "10s");
    }

    private static Duration interval(KubeletOptions options, String argument, String otherwise) {
        Duration every = options.duration(argument, otherwise);
        if (every.compareTo(LEAST) < 0) {
            throw new IllegalArgumentException("--kubelet-arg " + argument + "=" + options.arguments().get(argument)
                    + ": it must be a second or more, as " + otherwise);
        }
        return every;
    }

    /// How old figures of volumes become, by `volumeStatsAggPeriod`; they are counted where that is positive.
    public static Duration volumeStats(KubeletOptions options) {
        return options.duration("volume-stats-agg-period", VolumeStats.PERIOD.toSeconds() + "s");
    }

    /// @throws IllegalArgumentException for a negative one
    static AccessLifetimes access(KubeletOptions options) {
        AccessLifetimes defaults = AccessLifetimes.UPSTREAM;
        return new AccessLifetimes(
                lifetime(options, "authentication-token-webhook-cache-ttl", defaults.authenticated()),
                lifetime(options, "authorization-webhook-cache-authorized-ttl", defaults.authorized()),
                lifetime(options, "authorization-webhook-cache-unauthorized-ttl", defaults.notAuthorized()));
    }

    private static Duration lifetime(KubeletOptions options, String argument, Duration otherwise) {
        Duration given = options.duration(argument, otherwise.toSeconds() + "s");
        if (given.isNegative()) {
            throw new IllegalArgumentException("--kubelet-arg " + argument + "=" + options.arguments().get(argument)
                    + ": it must not be negative");
        }
        return given;
    }
}

package io.k3j.plugins;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which faults that a plug-in's health tells of are more than a moment's: those that last for [#LASTING], and those of
/// which there have been [#OFTEN] within [#WITHIN]. A loop that throws once says `STOPPED` and is at work again a
/// second later. One thread; reads no clock.
final class HealthFaults {
    /// How long a fault may last: a loop that has ended begins anew within seconds.
    static final Duration LASTING = Duration.ofSeconds(60);
    /// How many faults are too many, however short each is.
    static final int OFTEN = 3;
    /// The time in which they count together.
    static final Duration WITHIN = Duration.ofMinutes(10);
    /// When faults have begun, by the location of the bundle.
    private final Map<String, List<Instant>> begun = new HashMap<>();
    /// Since when there is one now.
    private final Map<String, Instant> since = new HashMap<>();

    /// A bundle is looked at.
    /// @param location of the bundle
    /// @param well whether its health tells of no fault
    /// @return whether it must not run any more
    boolean lasts(String location, boolean well, Instant now) {
        if (well) {
            since.remove(location);
            return false;
        }
        List<Instant> all = begun.computeIfAbsent(location, _ -> new ArrayList<>());
        all.removeIf(one -> one.plus(WITHIN).isBefore(now));
        if (since.putIfAbsent(location, now) == null) {
            all.add(now);
        }
        return all.size() >= OFTEN || !now.isBefore(since.getOrDefault(location, now).plus(LASTING));
    }

    /// A bundle is about to be started, maybe not for the first time.
    void again(String location) {
        begun.remove(location);
        since.remove(location);
    }
}

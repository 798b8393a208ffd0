package io.k3j.clusterdns;

import io.k3j.clusterdns.Configuration.Loop;
import io.k3j.dnsplugins.Forward;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Asks resolvers that have failed whether they are back, and looks for loops whenever there is another configuration
/// or another set of resolvers. One thread.
final class UpstreamWatch {
    private final RandomGenerator random;
    private final Consumer<String> found;
    private final Runnable again;
    private @Nullable Configuration looked;
    private Set<String> resolvers = Set.of();
    private boolean looping;

    /// @param found hears of a loop, in a sentence
    /// @param again called when resolvers have changed after a loop was found: a fresh configuration is wanted
    UpstreamWatch(RandomGenerator random, Consumer<String> found, Runnable again) {
        this.random = random;
        this.found = found;
        this.again = again;
    }

    /// Blocks for the answers of resolvers that have failed.
    void step(Configuration now) {
        now.forwards().forEach(Forward::check);
        Set<String> there = new HashSet<>();
        now.forwards().forEach(f -> f.upstreams().now().forEach(u -> there.add(u.toString())));
        boolean other = looked != now;
        if (!other && there.equals(resolvers)) {
            return;
        }
        looked = now;
        resolvers = there;
        if (looping && !other) {
            looping = false;
            again.run();
            return;
        }
        looping = false;
        List<String> zones = new ArrayList<>();
        for (Loop loop : now.loops()) {
            if (loop.check().loops(loop.forwards(), random)) {
                loop.forwards().forEach(Forward::looping);
                zones.add(loop.zone());
            }
        }
        if (!zones.isEmpty()) {
            looping = true;
            found.accept("queries for zone " + String.join(", ", zones) + " sent to " + String.join(", ", there)
                    + " come back to this server: forwarding is stopped; correct `forward`, or the nameservers in the"
                    + " node's resolv.conf (--resolv-conf)");
        }
    }
}

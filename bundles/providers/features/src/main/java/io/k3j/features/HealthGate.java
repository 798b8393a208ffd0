package io.k3j.features;

import java.time.Duration;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/// Waits until a bundle that has just been started is as healthy as it, or its predecessor, was before.
final class HealthGate {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /// How long the lead may take to come back before a bundle that waits for nothing else counts as healthy: longer
    /// than a Lease is held by nobody.
    private static final Duration LEAD = Duration.ofSeconds(5);
    private static final long POLL_MILLIS = 50;

    private final HealthBoard health;
    private final ServiceComponentRuntime components;

    HealthGate(HealthBoard health, ServiceComponentRuntime components) {
        this.health = health;
        this.components = components;
    }

    /// The present health of a bundle.
    HealthSnapshot snapshot(Bundle bundle) {
        return HealthSnapshot.of(bundle, health, components);
    }

    /// Blocks until somebody's health has changed, for a moment at most.
    void awaitChange(long millis) throws InterruptedException {
        health.await(millis);
    }

    /// Watches `fresh` until it is as healthy as `before`, up to 30 s. What runs on the leading server only is healthy,
    /// too, when another server leads by now.
    /// @return what is wrong with it; empty when nothing is
    String await(Bundle fresh, HealthSnapshot before) throws InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            HealthSnapshot now = snapshot(fresh);
            long waited = System.nanoTime() - begin;
            if (now.asWellAs(before) || waited > LEAD.toNanos() && now.standsBy(before)) {
                return "";
            }
            if (!now.faults().isEmpty()) {
                return "fails: " + String.join(", ", now.faults());
            }
            if (waited > LIMIT.toNanos()) {
                return "is not healthy after " + LIMIT.toSeconds() + " s: " + now.missing(before);
            }
            health.await(POLL_MILLIS);
        }
    }
}

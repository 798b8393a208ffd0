package io.k3j.features;

import java.time.Duration;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/// Watches whether a bundle that has just been started becomes as well as it, or the one before it, has been.
final class Trial {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 50;

    private final HealthBoard health;
    private final ServiceComponentRuntime components;

    Trial(HealthBoard health, ServiceComponentRuntime components) {
        this.health = health;
        this.components = components;
    }

    /// How a bundle is now.
    Vitals vitals(Bundle bundle) {
        return Vitals.of(bundle, health, components);
    }

    /// Watches `fresh` until it is as well as `before`; says what is wrong with it, or nothing.
    String of(Bundle fresh, Vitals before) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            Vitals now = vitals(fresh);
            if (now.asWellAs(before)) {
                return "";
            }
            if (!now.faults().isEmpty()) {
                return "fails: " + String.join(", ", now.faults());
            }
            if (System.nanoTime() > end) {
                return "is not healthy after " + LIMIT.toSeconds() + " s: " + now.missing(before);
            }
            health.await(LOOK_MILLIS);
        }
    }
}

package io.k3j.features;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/// Everybody's health. Each bundle gets a view of its own, whose scopes end with it.
final class HealthBoard implements ServiceFactory<Health> {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");

    private final InstantSource clock;
    private final Map<Key, HealthReport> reports = new ConcurrentHashMap<>();
    private final Object changed = new Object();

    HealthBoard(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Health getService(Bundle bundle, ServiceRegistration<Health> registration) {
        return new View(bundle.getBundleId());
    }

    @Override
    public void ungetService(Bundle bundle, ServiceRegistration<Health> registration, Health service) {
        reports.keySet().removeIf(key -> key.bundle == bundle.getBundleId());
        signal();
    }

    List<HealthReport> all() {
        List<HealthReport> all = new ArrayList<>(reports.values());
        all.sort(Comparator.comparing(HealthReport::component).thenComparingLong(HealthReport::bundleId));
        return all;
    }

    List<HealthReport> of(long bundle) {
        return all().stream().filter(report -> report.bundleId() == bundle).toList();
    }

    /// Waits until somebody reports something, at most `millis`.
    void await(long millis) throws InterruptedException {
        synchronized (changed) {
            changed.wait(millis);
        }
    }

    /// What a bundle that cannot report itself is.
    void put(String component, long bundle, HealthLevel level, String message) {
        Key key = new Key(bundle, component);
        HealthReport was = reports.get(key);
        if (was != null && was.level() == level && was.message().equals(message)) {
            return;
        }
        boolean sameLevel = was != null && was.level() == level;
        reports.put(key,
                new HealthReport(component, bundle, level, message, sameLevel ? was.since() : clock.instant()));
        if (!sameLevel) {
            LOG.log(weight(level), "component={0} health={1} {2}", component, level, message);
        }
        signal();
    }

    private static System.Logger.Level weight(HealthLevel level) {
        return switch (level) {
            case STARTING -> System.Logger.Level.DEBUG;
            case OK -> System.Logger.Level.INFO;
            case DEGRADED -> System.Logger.Level.WARNING;
            case STOPPED -> System.Logger.Level.ERROR;
        };
    }

    private void signal() {
        synchronized (changed) {
            changed.notifyAll();
        }
    }

    private record Key(long bundle, String component) {
    }

    private final class View implements Health {
        private final long bundle;

        View(long bundle) {
            this.bundle = bundle;
        }

        @Override
        public HealthScope scope(String component) {
            if (!reports.containsKey(new Key(bundle, component))) {
                put(component, bundle, HealthLevel.STARTING, "");
            }
            return new Scope(bundle, component);
        }

        @Override
        public List<HealthReport> reports() {
            return all();
        }
    }

    private final class Scope implements HealthScope {
        private final long bundle;
        private final String component;

        Scope(long bundle, String component) {
            this.bundle = bundle;
            this.component = component;
        }

        @Override
        public void report(HealthLevel level, String message) {
            put(component, bundle, level, message);
        }

        @Override
        public void close() {
            reports.remove(new Key(bundle, component));
            signal();
        }
    }
}

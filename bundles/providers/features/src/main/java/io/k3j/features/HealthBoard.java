package io.k3j.features;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/// The health of all bundles. Each bundle gets its own service instance; its scopes are removed when it
/// releases the service.
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
        notifyWaiting();
    }

    List<HealthReport> all() {
        List<HealthReport> all = new ArrayList<>(reports.values());
        all.sort(Comparator.comparing(HealthReport::component).thenComparingLong(HealthReport::bundleId));
        return all;
    }

    List<HealthReport> of(long bundle) {
        return all().stream().filter(report -> report.bundleId() == bundle).toList();
    }

    /// Blocks until the next report, for `millis` at most.
    void await(long millis) throws InterruptedException {
        synchronized (changed) {
            changed.wait(millis);
        }
    }

    /// Records the health of a component. Logs and notifies only when the level has changed.
    void put(String component, long bundle, HealthLevel level, String message) {
        Key key = new Key(bundle, component);
        HealthReport previous = reports.get(key);
        if (previous != null && previous.level() == level && previous.message().equals(message)) {
            return;
        }
        boolean sameLevel = previous != null && previous.level() == level;
        reports.put(key, new HealthReport(component, bundle, level, message,
                previous != null && sameLevel ? previous.since() : clock.instant()));
        if (!sameLevel) {
            LOG.log(logLevel(level), "Component {0} component={1}{2}",
                    level == HealthLevel.OK ? "healthy" : level.name().toLowerCase(Locale.ROOT), component,
                    message.isEmpty() ? "" : " reason=" + message);
        }
        notifyWaiting();
    }

    /// Forgets a report.
    void forget(String component, long bundle) {
        reports.remove(new Key(bundle, component));
        notifyWaiting();
    }

    private static System.Logger.Level logLevel(HealthLevel level) {
        return switch (level) {
            case STARTING -> System.Logger.Level.DEBUG;
            case OK -> System.Logger.Level.INFO;
            case DEGRADED -> System.Logger.Level.WARNING;
            case STOPPED -> System.Logger.Level.ERROR;
        };
    }

    private void notifyWaiting() {
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
            notifyWaiting();
        }
    }
}

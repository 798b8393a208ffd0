package io.k3j.apiserver;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The health service of one bundle.
final class TestHealth implements Health {
    private final Map<String, HealthReport> reports = new ConcurrentHashMap<>();

    @Override
    public HealthScope scope(String component) {
        return new HealthScope() {
            @Override
            public void report(HealthLevel level, String message) {
                reports.put(component, new HealthReport(component, 1, level, message, Instant.EPOCH));
            }

            @Override
            public void close() {
                reports.remove(component);
            }
        };
    }

    @Override
    public List<HealthReport> reports() {
        return List.copyOf(reports.values());
    }
}

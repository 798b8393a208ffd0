package io.k3j.apirequests;

import io.k3j.apiserverapi.Write.Operation;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.objectregistry.Admissions;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts how long admission plug-ins take, under upstream's name
/// (`apiserver_admission_controller_admission_duration_seconds`). As many series as there are plug-ins, operations and
/// outcomes. Any thread; nothing blocks.
public final class AdmissionMetrics implements Admissions.Observer {
    private static final double[] BUCKETS = {0.005, 0.025, 0.1, 0.5, 1, 2.5};
    private final Map<Series, Histogram> turns = new ConcurrentHashMap<>();

    private record Series(String plugin, Operation operation, boolean validating, boolean refused) {
        String[] labels() {
            return new String[] {"name", plugin, "operation", operation.name(), "rejected", Boolean.toString(refused),
                    "type", validating ? "validate" : "admit"};
        }
    }

    @Override
    public void took(String plugin, Operation operation, boolean validating, boolean refused, long nanos) {
        Series series = new Series(plugin, operation, validating, refused);
        Histogram known = turns.get(series);
        (known != null ? known : turns.computeIfAbsent(series, s -> new Histogram(BUCKETS))).add(nanos);
    }

    /// Writes everything counted, in a stable order.
    public void to(MetricText text) {
        text.family("apiserver_admission_controller_admission_duration_seconds", MetricText.Type.HISTOGRAM,
                "How long admission plug-ins took, by name, operation and outcome.");
        turns.entrySet().stream().sorted(Comparator.comparing(e -> e.getKey().toString()))
                .forEach(e -> text.histogram(e.getValue(), e.getKey().labels()));
    }
}

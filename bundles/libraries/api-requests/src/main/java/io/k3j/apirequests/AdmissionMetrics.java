package io.k3j.apirequests;

import io.k3j.apiserverapi.Write.Operation;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.objectregistry.Admissions;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Counts how long admission plug-ins take, under upstream's name
/// (`apiserver_admission_controller_admission_duration_seconds`). A turn makes nothing but two additions. Any thread;
/// nothing blocks.
public final class AdmissionMetrics implements Admissions.Observer {
    /// How many plug-ins are counted; they come and go, and what was counted stays.
    static final int MOST_PLUGINS = 300;
    private static final double[] BUCKETS = {0.005, 0.025, 0.1, 0.5, 1, 2.5};
    private static final Operation[] OPERATIONS = Operation.values();
    /// What a turn may be of one operation: changing or looking, each let pass or refused.
    private static final int OUTCOMES = 4;
    private static final int VALIDATING = 2;
    private static final int REFUSED = 1;
    /// By plug-in, a place for each outcome of each operation.
    private final Map<String, Histogram[]> turns = new ConcurrentHashMap<>();

    @Override
    public void took(String plugin, Operation operation, boolean validating, boolean refused, long nanos) {
        Histogram[] known = turns.get(plugin);
        if (known == null && turns.size() < MOST_PLUGINS) {
            known = turns.computeIfAbsent(plugin, name -> places());
        }
        if (known != null) {
            known[OUTCOMES * operation.ordinal() + (validating ? VALIDATING : 0) + (refused ? REFUSED : 0)].add(nanos);
        }
    }

    private static Histogram[] places() {
        Histogram[] all = new Histogram[OUTCOMES * OPERATIONS.length];
        Arrays.setAll(all, i -> new Histogram(BUCKETS));
        return all;
    }

    /// Writes everything counted, in a stable order.
    public void to(MetricText text) {
        text.family("apiserver_admission_controller_admission_duration_seconds", MetricText.Type.HISTOGRAM,
                "How long admission plug-ins took, by name, operation and outcome.");
        new TreeMap<>(turns).forEach((plugin, places) -> {
            for (int i = 0; i < places.length; i++) {
                if (places[i].count() > 0) {
                    text.histogram(places[i], labels(plugin, i));
                }
            }
        });
    }

    private static String[] labels(String plugin, int place) {
        return new String[] {"name", plugin, "operation", OPERATIONS[place / OUTCOMES].name(), "rejected",
                Boolean.toString((place & REFUSED) != 0), "type", (place & VALIDATING) != 0 ? "validate" : "admit"};
    }
}

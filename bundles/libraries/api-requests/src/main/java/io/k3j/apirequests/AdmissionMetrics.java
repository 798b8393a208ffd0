package io.k3j.apirequests;

import io.k3j.apiserverapi.Write.Operation;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.objectregistry.Admissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Counts how long admission plug-ins take, and each step with all of them, under upstream's names
/// (`apiserver_admission_controller_admission_duration_seconds`,
/// `apiserver_admission_step_admission_duration_seconds`). A turn makes nothing but two additions. Any thread; nothing
/// blocks.
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
    private final Histogram[] steps = places();

    @Override
    public void took(String plugin, Operation operation, boolean validating, boolean refused, long nanos) {
        Histogram[] known = turns.get(plugin);
        if (known == null && turns.size() < MOST_PLUGINS) {
            known = turns.computeIfAbsent(plugin, name -> places());
        }
        if (known != null) {
            known[place(operation, validating, refused)].add(nanos);
        }
    }

    @Override
    public void stepped(Operation operation, boolean validating, boolean refused, long nanos) {
        steps[place(operation, validating, refused)].add(nanos);
    }

    private static int place(Operation operation, boolean validating, boolean refused) {
        return OUTCOMES * operation.ordinal() + (validating ? VALIDATING : 0) + (refused ? REFUSED : 0);
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
        new TreeMap<>(turns).forEach((plugin, places) -> counted(text, places, "name", plugin));
        text.family("apiserver_admission_step_admission_duration_seconds", MetricText.Type.HISTOGRAM,
                "How long all admission plug-ins of a step took together, by operation and outcome.");
        counted(text, steps);
        // objects have one validation here, which there is no other to differ from
        for (String fault : List.of("mismatch", "panic")) {
            text.family("apiserver_validation_declarative_validation_" + fault + "_total", MetricText.Type.COUNTER,
                    "How often one of two validations of an object was wrong.").value(0);
        }
    }

    /// Those of places where something was.
    private static void counted(MetricText text, Histogram[] places, String... labels) {
        for (int i = 0; i < places.length; i++) {
            if (places[i].count() > 0) {
                text.histogram(places[i], labels(i, labels));
            }
        }
    }

    private static String[] labels(int place, String... first) {
        String[] own = {"operation", OPERATIONS[place / OUTCOMES].name(), "rejected",
                Boolean.toString((place & REFUSED) != 0), "type", (place & VALIDATING) != 0 ? "validate" : "admit"};
        String[] all = Arrays.copyOf(first, first.length + own.length);
        System.arraycopy(own, 0, all, first.length, own.length);
        return all;
    }
}

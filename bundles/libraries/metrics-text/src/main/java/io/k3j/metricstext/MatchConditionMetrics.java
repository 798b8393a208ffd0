package io.k3j.metricstext;

import io.k3j.metricstext.MetricText.Type;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/// How the `matchConditions` of admission webhooks and policies were answered, under upstream's names
/// (`apiserver_admission_match_condition_*`, <https://kubernetes.io/docs/reference/instrumentation/metrics/>). As
/// upstream it counts only what did not match. There are as many series as objects that have conditions, which
/// [#retain] is told. Any thread; nothing blocks, and where all conditions hold nothing is called.
public final class MatchConditionMetrics {
    /// Upstream's, in seconds.
    private static final double[] SECONDS = {0.001, 0.005, 0.01, 0.025, 0.1, 0.2, 0.25};
    private static final String PREFIX = "apiserver_admission_match_condition_";
    private final String kind;
    private final Map<Asked, Figures> counted = new ConcurrentHashMap<>();

    /// Of which object, and in which write.
    /// @param name of the webhook or policy
    /// @param type `admit`, `validating` or `validate`
    /// @param operation as `CREATE`
    public record Asked(String name, String type, String operation) {
    }

    private static final class Figures {
        private final LongAdder errors = new LongAdder();
        private final LongAdder exclusions = new LongAdder();
        private final Histogram seconds = new Histogram(SECONDS);
    }

    /// Nothing yet.
    /// @param kind `webhook` or `policy`
    public MatchConditionMetrics(String kind) {
        this.kind = kind;
    }

    /// Conditions were evaluated and did not all hold.
    /// @param errors how many of them have failed
    /// @param nanos how long all of them took
    public void unmatched(Asked asked, int errors, long nanos) {
        Figures figures = figures(asked);
        figures.errors.add(errors);
        figures.seconds.add(nanos);
    }

    /// Therefore a webhook was not called.
    public void excluded(Asked asked) {
        figures(asked).exclusions.increment();
    }

    private Figures figures(Asked asked) {
        return counted.computeIfAbsent(asked, a -> new Figures());
    }

    /// Forgets all others.
    public void retain(Set<String> names) {
        counted.keySet().removeIf(asked -> !names.contains(asked.name));
    }

    /// Writes everything counted, in a stable order.
    public void to(MetricText text) {
        List<Map.Entry<Asked, Figures>> sorted = counted.entrySet().stream()
                .sorted(Comparator.comparing(e -> e.getKey().toString())).toList();
        counters(text, "evaluation_errors_total", "Match conditions that failed.", sorted, f -> f.errors);
        counters(text, "exclusions_total", "Webhooks that were not called because of their match conditions.", sorted,
                f -> f.exclusions);
        text.family(PREFIX + "evaluation_seconds", Type.HISTOGRAM,
                "How long match conditions took that did not all hold.");
        sorted.stream().filter(e -> e.getValue().seconds.count() > 0)
                .forEach(e -> text.histogram(e.getValue().seconds, labels(e.getKey())));
    }

    private void counters(MetricText text, String name, String help, List<Map.Entry<Asked, Figures>> sorted,
            Function<Figures, LongAdder> of) {
        text.family(PREFIX + name, Type.COUNTER, help);
        for (Map.Entry<Asked, Figures> each : sorted) {
            long count = of.apply(each.getValue()).sum();
            if (count > 0) {
                text.value(count, labels(each.getKey()));
            }
        }
    }

    private String[] labels(Asked asked) {
        return new String[] {"kind", kind, "name", asked.name, "operation", asked.operation, "type", asked.type};
    }
}

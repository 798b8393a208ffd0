package io.k3j.metricstext;

import io.k3j.metricstext.MetricText.Type;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// What custom resources cost beyond other objects, under upstream's names
/// (<https://kubernetes.io/docs/reference/instrumentation/metrics/>): rules are compiled and evaluated
/// (`apiserver_cel_*`), versions are converted by webhooks (`apiserver_conversion_webhook_*` and
/// `apiserver_crd_conversion_webhook_duration_seconds`). There are as many series as definitions have pairs of versions
/// that were converted, which [#retain] is told. Any thread; nothing blocks.
public final class CustomResourceMetrics {
    /// Those of Prometheus' client for Go, in seconds.
    private static final double[] DEFAULT = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    private static final double[] CALLS = {0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 45, 60};
    private static final double[] CONVERSIONS = Histogram.doubling(0.001, 15);
    private final LongSupplier nanos;
    private final Histogram compilations = new Histogram(DEFAULT);
    private final Histogram evaluations = new Histogram(DEFAULT);
    private final Map<Outcome, Histogram> calls = new ConcurrentHashMap<>();
    private final Map<Conversion, Histogram> conversions = new ConcurrentHashMap<>();

    /// How a call of a conversion webhook ends.
    public enum Outcome {
        /// With the objects that were asked for.
        SUCCESS("success", ""),
        /// Without an answer.
        CALL("failure", "conversion_webhook_call_failure"),
        /// With what is no answer, or one that says no.
        MALFORMED("failure", "conversion_webhook_malformed_response_failure"),
        /// With more or fewer objects than were asked for.
        PARTIAL("failure", "conversion_webhook_partial_response_failure"),
        /// With another object than the one that was asked for.
        INVALID("failure", "conversion_webhook_invalid_converted_object_failure");

        private final String result;
        private final String failure;

        Outcome(String result, String failure) {
            this.result = result;
            this.failure = failure;
        }

        private String[] labels() {
            return new String[] {"failure_type", failure, "result", result};
        }
    }

    private record Conversion(String definition, String from, String to, boolean succeeded) {
        String[] labels() {
            return new String[] {"crd_name", definition, "from_version", from, "succeeded", String.valueOf(succeeded),
                    "to_version", to};
        }
    }

    /// Nothing yet.
    /// @param nanos a clock that only goes forward
    public CustomResourceMetrics(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /// A call of a conversion webhook, which is counted with its end. For one thread.
    public final class Call implements AutoCloseable {
        private final String definition;
        private final String from;
        private final String to;
        private final long begun = nanos.getAsLong();
        private Outcome outcome = Outcome.CALL;

        private Call(String definition, String from, String to) {
            this.definition = definition;
            this.from = from;
            this.to = to;
        }

        /// How it ends if it does not get any further.
        public void ends(Outcome so) {
            outcome = so;
        }

        @Override
        public void close() {
            long took = nanos.getAsLong() - begun;
            calls.computeIfAbsent(outcome, _ -> new Histogram(CALLS)).add(took);
            conversions.computeIfAbsent(new Conversion(definition, from, to, outcome == Outcome.SUCCESS),
                    _ -> new Histogram(CONVERSIONS)).add(took);
        }
    }

    /// A call begins.
    /// @param from the version of the first object that is sent
    public Call call(String definition, String from, String to) {
        return new Call(definition, from, to);
    }

    /// Rules of a schema were compiled.
    /// @param begun what the clock showed before
    public void compiled(long begun) {
        compilations.add(nanos.getAsLong() - begun);
    }

    /// Rules were evaluated for an object.
    /// @param begun what the clock showed before
    public void evaluated(long begun) {
        evaluations.add(nanos.getAsLong() - begun);
    }

    /// Forgets all others.
    public void retain(Set<String> definitions) {
        conversions.keySet().removeIf(c -> !definitions.contains(c.definition));
    }

    /// All of it, as a component tells it.
    public String text() {
        MetricText text = new MetricText();
        text.family("apiserver_cel_compilation_duration_seconds", Type.HISTOGRAM,
                "How long compiling the rules of a schema took.").histogram(compilations);
        text.family("apiserver_cel_evaluation_duration_seconds", Type.HISTOGRAM,
                "How long evaluating the rules for an object took.").histogram(evaluations);
        text.family("apiserver_conversion_webhook_request_total", Type.COUNTER, "Calls of conversion webhooks.");
        sorted(calls).forEach(e -> text.value(e.getValue().count(), e.getKey().labels()));
        text.family("apiserver_conversion_webhook_duration_seconds", Type.HISTOGRAM,
                "How long calls of conversion webhooks took.");
        sorted(calls).forEach(e -> text.histogram(e.getValue(), e.getKey().labels()));
        text.family("apiserver_crd_conversion_webhook_duration_seconds", Type.HISTOGRAM,
                "How long conversions by webhooks took, by definition.");
        sorted(conversions).forEach(e -> text.histogram(e.getValue(), e.getKey().labels()));
        return text.toString();
    }

    private static <K> List<Map.Entry<K, Histogram>> sorted(Map<K, Histogram> of) {
        return of.entrySet().stream().sorted(Comparator.comparing(e -> e.getKey().toString())).toList();
    }
}

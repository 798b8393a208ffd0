package io.k3j.admissionwebhooks;

import io.k3j.apiserverapi.Write;
import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MatchConditionMetrics;
import io.k3j.metricstext.MetricText;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What calls of webhooks cost and how they end, by upstream's names. Webhooks that are gone are forgotten. Any thread.
final class WebhookMetrics implements Metrics {
    /// Upstream's buckets, in seconds.
    private static final double[] BOUNDS = {0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 10, 25};
    private static final String PREFIX = "apiserver_admission_webhook_";
    private final Map<Labels, Histogram> durations = new ConcurrentHashMap<>();
    private final Map<Labels, LongAdder> requests = new ConcurrentHashMap<>();
    private final Map<Labels, LongAdder> rejections = new ConcurrentHashMap<>();
    private final Map<Labels, LongAdder> open = new ConcurrentHashMap<>();
    private final MatchConditionMetrics conditions = new MatchConditionMetrics("webhook");

    /// @param pairs label names and values
    private record Labels(String webhook, List<String> pairs) {
        String[] array() {
            return pairs.toArray(String[]::new);
        }
    }

    /// How a call ended.
    /// @param error `no_error`, `calling_webhook_error` or `apiserver_internal_error`
    /// @param code of the refusal, 200 without
    record Outcome(boolean rejected, String error, int code) {
        static final Outcome ADMITTED = new Outcome(false, "no_error", 200);
    }

    /// A call.
    /// @param type `admit` or `validating`
    void called(String webhook, String type, Write.Operation operation, Outcome outcome, long nanos) {
        String op = operation.name();
        String rejected = Boolean.toString(outcome.rejected());
        String code = Integer.toString(Math.min(outcome.code(), 600));
        durations.computeIfAbsent(new Labels(webhook,
                List.of("name", webhook, "operation", op, "rejected", rejected, "type", type)),
                _ -> new Histogram(BOUNDS)).add(nanos);
        count(requests, webhook, "code", code, "name", webhook, "operation", op, "rejected", rejected, "type", type);
        if (outcome.rejected()) {
            count(rejections, webhook, "error_type", outcome.error(), "name", webhook, "operation", op,
                    "rejection_code", code, "type", type);
        }
    }

    /// Those of match conditions.
    MatchConditionMetrics conditions() {
        return conditions;
    }

    /// A call failed and the request went on.
    void failedOpen(String webhook, String type) {
        count(open, webhook, "name", webhook, "type", type);
    }

    private static void count(Map<Labels, LongAdder> of, String webhook, String... pairs) {
        of.computeIfAbsent(new Labels(webhook, List.of(pairs)), _ -> new LongAdder()).increment();
    }

    /// Forgets all others.
    void retain(Set<String> webhooks) {
        for (Map<Labels, ?> map : List.<Map<Labels, ?>>of(durations, requests, rejections, open)) {
            map.keySet().removeIf(l -> !webhooks.contains(l.webhook()));
        }
        conditions.retain(webhooks);
    }

    @Override
    public String text() {
        MetricText text = new MetricText();
        text.family(PREFIX + "admission_duration_seconds", MetricText.Type.HISTOGRAM,
                "Admission webhook latency histogram in seconds.");
        durations.forEach((labels, h) -> text.histogram(h, labels.array()));
        counters(text, "request_total", "Admission webhook request total.", requests);
        counters(text, "rejection_count", "Admission webhook rejection count.", rejections);
        counters(text, "fail_open_count", "Admission webhook fail open count.", open);
        conditions.to(text);
        return text.toString();
    }

    private static void counters(MetricText text, String name, String help, Map<Labels, LongAdder> of) {
        text.family(PREFIX + name, MetricText.Type.COUNTER, help);
        of.forEach((labels, count) -> text.value(count.sum(), labels.array()));
    }
}

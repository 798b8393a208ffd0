package io.k3j.authwebhook;

import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.ApiServerId;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import io.k3j.metricstext.ReloadMetrics;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts under upstream's names. Names of authorizers are the administrator's. Any thread.
final class AuthorizationMetrics implements Metrics {
    private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
    private static final double[] CONDITION_BOUNDS = {.001, .005, .01, .025, .1, .2, .25};
    private static final String WEBHOOK = "Webhook";
    private static final String AUTHORIZATION = "apiserver_authorization_";
    private final Map<List<String>, LongAdder> decisions = new ConcurrentHashMap<>();
    private final Map<List<String>, LongAdder> evaluations = new ConcurrentHashMap<>();
    private final Map<List<String>, Histogram> durations = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> failOpen = new ConcurrentSkipListMap<>();
    private final Map<String, Conditions> conditions = new ConcurrentSkipListMap<>();
    private final ReloadMetrics reloads = new ReloadMetrics("authorization", ApiServerId.ofHost(),
            InstantSource.system());

    /// Of one webhook's match conditions.
    private record Conditions(Histogram durations, LongAdder errors, LongAdder exclusions) {
    }

    /// How the file was taken up.
    ReloadMetrics reloads() {
        return reloads;
    }

    /// An authorizer has decided.
    void decided(AuthorizerConfiguration by, boolean allowed) {
        decisions.computeIfAbsent(
                List.of("type", by.type(), "name", by.name(), "decision", allowed ? "allowed" : "denied"),
                _ -> new LongAdder()).increment();
    }

    /// A webhook was asked.
    /// @param result `success`, `timeout` or `error`
    void evaluated(String name, String result, long nanos) {
        List<String> labels = List.of("name", name, "result", result);
        evaluations.computeIfAbsent(labels, _ -> new LongAdder()).increment();
        durations.computeIfAbsent(labels, _ -> new Histogram(BOUNDS)).add(nanos);
    }

    /// A webhook could not be asked, and the next authorizer is.
    void failedOpen(String name) {
        failOpen.computeIfAbsent(name, _ -> new LongAdder()).increment();
    }

    /// A webhook's match conditions were looked at.
    void matched(String name, ReviewConditions.Verdict verdict, long nanos) {
        Conditions of = conditions.computeIfAbsent(name,
                _ -> new Conditions(new Histogram(CONDITION_BOUNDS), new LongAdder(), new LongAdder()));
        of.durations.add(nanos);
        switch (verdict) {
            case FAILED -> of.errors.increment();
            case EXCLUDED -> of.exclusions.increment();
            case MATCHES -> {
                // nothing more is told
            }
        }
    }

    @Override
    public String text() {
        MetricText text = new MetricText();
        text.family(AUTHORIZATION + "decisions_total", Type.COUNTER, "Total number of terminal decisions made by an"
                + " authorizer split by authorizer type, name, and decision.");
        counted(text, decisions);
        text.family(AUTHORIZATION + "webhook_duration_seconds", Type.HISTOGRAM, "Request latency in seconds.");
        durations.forEach((labels, h) -> text.histogram(h, labels.toArray(String[]::new)));
        text.family(AUTHORIZATION + "webhook_evaluations_fail_open_total", Type.COUNTER, "NoOpinion results due to"
                + " webhook timeout or error.");
        failOpen.forEach((name, n) -> text.value(n.sum(), "name", name, "result", "error"));
        text.family(AUTHORIZATION + "webhook_evaluations_total", Type.COUNTER,
                "Round-trips to authorization webhooks.");
        counted(text, evaluations);
        conditions(text);
        reloads.text(text);
        return text.toString();
    }

    private void conditions(MetricText text) {
        text.family(AUTHORIZATION + "match_condition_evaluation_errors_total", Type.COUNTER, "Total number of errors"
                + " when an authorization webhook encounters a match condition error split by authorizer type and"
                + " name.");
        conditions.forEach((name, of) -> text.value(of.errors.sum(), "type", WEBHOOK, "name", name));
        text.family(AUTHORIZATION + "match_condition_evaluation_seconds", Type.HISTOGRAM, "Authorization match"
                + " condition evaluation time in seconds, split by authorizer type and name.");
        conditions.forEach((name, of) -> text.histogram(of.durations, "type", WEBHOOK, "name", name));
        text.family(AUTHORIZATION + "match_condition_exclusions_total", Type.COUNTER, "Total number of exclusions"
                + " when an authorization webhook is skipped because match conditions exclude it.");
        conditions.forEach((name, of) -> text.value(of.exclusions.sum(), "type", WEBHOOK, "name", name));
    }

    private static void counted(MetricText text, Map<List<String>, LongAdder> all) {
        all.forEach((labels, n) -> text.value(n.sum(), labels.toArray(String[]::new)));
    }
}

package io.k3j.admissionpolicies;

import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What policies of one sort have decided, by upstream's names. Policies that are gone are forgotten. Any thread.
final class PolicyMetrics implements Metrics {
    /// Upstream's buckets, in seconds.
    private static final double[] BOUNDS = {0.0000005, 0.001, 0.01, 0.1, 1.0};
    private final String prefix;
    private final Map<Labels, Histogram> durations = new ConcurrentHashMap<>();
    private final Map<Labels, LongAdder> checks = new ConcurrentHashMap<>();

    private record Labels(String policy, String binding, String errorType, String action) {
        String[] pairs() {
            return action.isEmpty()
                    ? new String[] {"error_type", errorType, "policy", policy, "policy_binding", binding}
                    : new String[] {"enforcement_action", action, "error_type", errorType, "policy", policy,
                            "policy_binding", binding};
        }
    }

    /// @param sort `validating` or `mutating`
    PolicyMetrics(String sort) {
        prefix = "apiserver_" + sort + "_admission_policy_";
    }

    /// What followed from one expression.
    /// @param action `allow`, `deny`, `warn` or `audit`
    void decided(PolicyInvocation<?> invocation, String errorType, String action, long nanos) {
        Labels labels = new Labels(invocation.policy().name(), invocation.bindingName(), errorType, action);
        checks.computeIfAbsent(labels, _ -> new LongAdder()).increment();
        durations.computeIfAbsent(labels, _ -> new Histogram(BOUNDS)).add(nanos);
    }

    /// How a mutation ended; what is enforced then has no label upstream.
    void mutated(PolicyInvocation<?> invocation, String errorType, long nanos) {
        decided(invocation, errorType, "", nanos);
    }

    /// Forgets all others.
    void retain(Set<String> policies) {
        for (Map<Labels, ?> map : List.<Map<Labels, ?>>of(durations, checks)) {
            map.keySet().removeIf(l -> !policies.contains(l.policy()));
        }
    }

    @Override
    public String text() {
        MetricText text = new MetricText();
        text.family(prefix + "check_total", MetricText.Type.COUNTER, "Admission policy check total, labeled by policy"
                + " and further identified by binding and enforcement action taken.");
        checks.forEach((labels, count) -> text.value(count.sum(), labels.pairs()));
        text.family(prefix + "check_duration_seconds", MetricText.Type.HISTOGRAM,
                "Admission policy latency for individual expressions in seconds, labeled by policy and further"
                        + " including binding and enforcement action taken.");
        durations.forEach((labels, h) -> text.histogram(h, labels.pairs()));
        return text.toString();
    }
}

package io.k3j.apirequests;

import io.k3j.metricstext.MetricText;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// How many watches and connections of clients are open, by what they are of, under upstream's name
/// (`apiserver_longrunning_requests`). Any thread; nothing blocks.
final class LongRunningRequests {
    private final Map<RequestMetrics.Series, LongAdder> open = new ConcurrentHashMap<>();

    /// One begins; it is open until its exchange ends.
    void begin(RequestMetrics.Series series, Request request) {
        LongAdder known = open.get(series);
        if (known == null && open.size() < RequestMetrics.MAX_SERIES) {
            known = open.computeIfAbsent(series, s -> new LongAdder());
        }
        if (known != null) {
            known.increment();
            request.exchange().onEnd(known::decrement);
        }
    }

    /// Writes everything counted, in a stable order.
    void to(MetricText text) {
        text.family("apiserver_longrunning_requests", MetricText.Type.GAUGE,
                "Watches and connections that are open, by verb and resource.");
        open.entrySet().stream().sorted(Comparator.comparing(e -> e.getKey().toString()))
                .forEach(e -> text.value(e.getValue().sum(), e.getKey().withoutDryRun()));
    }
}

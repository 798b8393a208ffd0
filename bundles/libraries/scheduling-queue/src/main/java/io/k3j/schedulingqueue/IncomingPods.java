package io.k3j.schedulingqueue;

import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts the pods that come to a part of the queue, by what has brought them there: upstream's words. Any thread.
final class IncomingPods {
    static final String ACTIVE = "active";
    static final String BACK_OFF = "backoff";
    static final String UNSCHEDULABLE = "unschedulable";

    private final Map<List<String>, LongAdder> counts = new ConcurrentHashMap<>();

    void count(String queue, String event) {
        counts.computeIfAbsent(List.of(event, queue), _ -> new LongAdder()).increment();
    }

    void to(MetricText text) {
        text.family("scheduler_queue_incoming_pods_total", Type.COUNTER,
                "Number of pods added to scheduling queues by event and queue type.");
        counts.forEach((of, n) -> text.value(n.sum(), "event", of.get(0), "queue", of.get(1)));
    }
}

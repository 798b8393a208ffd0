package io.k3j.networkpolicy;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// What this component counts, and what the kernel counts for it. Any thread.
final class Counters {
    private static final double FIRST_BOUND = 0.001;
    private static final int BOUNDS = 14;
    private final Histogram writes = new Histogram(Histogram.doubling(FIRST_BOUND, BOUNDS));
    private final Histogram starts = new Histogram(Histogram.doubling(FIRST_BOUND, BOUNDS));
    private final LongAdder refused = new LongAdder();
    private volatile Map<String, PolicyChains.Counted> meaning = Map.of();
    private volatile Map<String, Long> packets = Map.of();

    /// A transaction was carried out.
    /// @param nanos from the first change in it
    void written(long nanos) {
        writes.add(nanos);
    }

    /// The rules of a pod that starts stand.
    /// @param nanos from when its addresses were known
    void decided(long nanos) {
        starts.add(nanos);
    }

    /// The kernel refused a change, or a policy of it.
    void refused() {
        refused.increment();
    }

    /// What the kernel's counters count from now on, by name.
    void meaning(Map<String, PolicyChains.Counted> now) {
        meaning = now;
    }

    /// What the kernel has counted, by name.
    void packets(Map<String, Long> now) {
        packets = now;
    }

    /// Prometheus' text.
    String text() {
        MetricText text = new MetricText();
        packets(text, true, "k3s_network_policy_allowed_packets_total",
                "First packets of flows that a policy lets through; a rule of several policies counts for each.");
        packets(text, false, "k3s_network_policy_denied_packets_total",
                "Packets that were rejected because no policy of the pod lets them through; counts for each of them.");
        text.family("k3s_network_policy_undecided_packets_total", Type.COUNTER,
                "Packets dropped because nobody has decided yet about an address of this node's range.")
                .value(packets.getOrDefault(PolicyTable.UNDECIDED, 0L));
        text.family("k3s_network_policy_write_duration_seconds", Type.HISTOGRAM,
                "Time from computing a change to the kernel having it.").histogram(writes);
        text.family("k3s_network_policy_pod_start_duration_seconds", Type.HISTOGRAM,
                "Time from a new pod's addresses being known to its rules standing.").histogram(starts);
        text.family("k3s_network_policy_refused_writes_total", Type.COUNTER,
                "Changes the kernel refused, a policy of them or the whole; then the rules before it stay.")
                .value(refused.sum());
        return text.toString();
    }

    private void packets(MetricText text, boolean passed, String name, String help) {
        Map<String, Long> counted = packets;
        text.family(name, Type.COUNTER, help);
        new TreeMap<>(meaning).forEach((counter, what) -> {
            if (what.passed() == passed) {
                text.value(counted.getOrDefault(counter, 0L), "namespace", what.policy().namespace(), "policy",
                        what.policy().name(), "direction", what.direction().word());
            }
        });
    }
}

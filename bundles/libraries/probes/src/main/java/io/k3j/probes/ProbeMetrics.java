package io.k3j.probes;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Obj;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What probes found and how long it took, under the names of upstream's kubelet, which serves it at
/// `/metrics/probes`: `prober_probe_total` and `prober_probe_duration_seconds`. Any thread; nothing blocks. A pod that
/// is probed no more is forgotten.
public final class ProbeMetrics {
    /// Upper bounds in seconds, Prometheus' own.
    private static final double[] BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    private final Set<OfPod> pods = ConcurrentHashMap.newKeySet();

    /// Has counted nothing.
    ProbeMetrics() {
    }

    /// What a probe that could be carried out found.
    enum Found {
        FAILED("failed"), SUCCESSFUL("successful");

        private final String label;

        Found(String label) {
            this.label = label;
        }
    }

    /// One probe of a container, whichever container has its name at the time.
    private record Subject(String container, String type) {
    }

    private static final class Counted {
        private final Map<Found, LongAdder> results = new EnumMap<>(Found.class);
        /// Of those that were successful.
        private final Histogram took = new Histogram(BOUNDS);

        Counted() {
            for (Found found : Found.values()) {
                results.put(found, new LongAdder());
            }
        }
    }

    /// The probes of one pod.
    static final class OfPod {
        private final Obj pod;
        private final Map<Subject, Counted> probes = new ConcurrentHashMap<>();

        private OfPod(Obj pod) {
            this.pod = pod;
        }

        /// A probe was answered.
        ///
        /// @param type as labels and Events have it: `Liveness`, `Readiness`, `Startup`
        /// @param nanos how long that took
        void add(String container, String type, Found found, long nanos) {
            Counted counted = probes.computeIfAbsent(new Subject(container, type), s -> new Counted());
            counted.results.getOrDefault(found, new LongAdder()).increment();
            if (found == Found.SUCCESSFUL) {
                counted.took.add(nanos);
            }
        }
    }

    /// Begins to count the probes of a pod, until [#end].
    OfPod begin(Obj pod) {
        OfPod made = new OfPod(pod);
        pods.add(made);
        return made;
    }

    /// Forgets them; what is still added counts nowhere.
    void end(OfPod counted) {
        pods.remove(counted);
    }

    /// Prometheus text of all that are probed.
    public String text() {
        List<OfPod> all = pods.stream().sorted(Comparator.comparing(p -> p.pod.key().toString())).toList();
        MetricText text = new MetricText().family("prober_probe_total", MetricText.Type.COUNTER,
                "Cumulative number of a liveness, readiness or startup probe for a container by result.");
        all.forEach(p -> p.probes.forEach((s, counted) -> counted.results.forEach((found, count) -> {
            if (count.sum() > 0) {
                text.value(count.sum(), "container", s.container(), "namespace", p.pod.namespace(), "pod",
                        p.pod.name(), "pod_uid", p.pod.uid(), "probe_type", s.type(), "result", found.label);
            }
        })));
        text.family("prober_probe_duration_seconds", MetricText.Type.HISTOGRAM,
                "Duration in seconds for a probe response.");
        all.forEach(p -> p.probes.forEach((s, counted) -> {
            if (counted.took.count() > 0) {
                text.histogram(counted.took, "container", s.container(), "namespace", p.pod.namespace(), "pod",
                        p.pod.name(), "probe_type", s.type());
            }
        }));
        return text.toString();
    }
}

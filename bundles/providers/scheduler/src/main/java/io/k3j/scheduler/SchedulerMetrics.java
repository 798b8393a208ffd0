package io.k3j.scheduler;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import io.k3j.schedulercache.ClusterState;
import io.k3j.schedulingqueue.QueuedPod;
import io.k3j.schedulingqueue.SchedulingQueue;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// What the scheduler counts, by upstream's names
/// (<https://kubernetes.io/docs/reference/instrumentation/metrics/>). Any thread; nothing blocks.
final class SchedulerMetrics {
    static final String SCHEDULED = "scheduled";
    static final String UNSCHEDULABLE = "unschedulable";
    static final String ERROR = "error";
    /// Of so many attempts one has its plug-ins timed; upstream's tenth.
    private static final int SAMPLED = 10;
    /// From this number of attempts on, pods are counted together.
    private static final int MANY = 15;
    private static final String NAME = "scheduler_";
    private static final double[] ATTEMPT_BOUNDS = Histogram.doubling(0.001, 15);
    private static final double[] POD_BOUNDS = Histogram.doubling(0.01, 20);
    private static final double[] STEP_BOUNDS = Histogram.doubling(0.0001, 12);
    private static final double[] PLUGIN_BOUNDS = pluginBounds();

    private final InstantSource clock;
    private final AtomicLong begun = new AtomicLong();
    /// By profile and result.
    private final Map<List<String>, Histogram> attempts = new ConcurrentHashMap<>();
    private final Histogram algorithm = new Histogram(ATTEMPT_BOUNDS);
    private final Map<String, Histogram> pods = new ConcurrentSkipListMap<>();
    private final Histogram tries = new Histogram(Histogram.doubling(1, 5));
    private final LongAdder late = new LongAdder();
    private final LongAdder preemptions = new LongAdder();
    private final Histogram victims = new Histogram(Histogram.doubling(1, 7));
    private final Map<List<String>, Histogram> steps = new ConcurrentHashMap<>();
    private final Map<List<String>, Histogram> plugins = new ConcurrentHashMap<>();

    /// @param clock the monotonic one
    SchedulerMetrics(InstantSource clock) {
        this.clock = clock;
    }

    /// Twenty, of which each is half as much again as the one before.
    private static double[] pluginBounds() {
        double[] bounds = new double[20];
        double bound = 0.00001;
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = bound;
            bound *= 1.5;
        }
        return bounds;
    }

    /// An attempt begins. Of each ten the first is sampled; upstream throws dice.
    Timing attempt(String profile) {
        return new Timing(this, profile, begun.getAndIncrement() % SAMPLED == 0);
    }

    Instant now() {
        return clock.instant();
    }

    private long since(Instant begin) {
        return Duration.between(begin, clock.instant()).toNanos();
    }

    void step(String profile, String point, String status, Instant begin) {
        steps.computeIfAbsent(List.of(point, profile, status), _ -> new Histogram(STEP_BOUNDS)).add(since(begin));
    }

    void plugin(String plugin, String point, String status, Instant begin) {
        plugins.computeIfAbsent(List.of(plugin, point, status), _ -> new Histogram(PLUGIN_BOUNDS)).add(since(begin));
    }

    /// An attempt has found a node, or none.
    void decided(Instant begin) {
        algorithm.add(since(begin));
    }

    /// An attempt is over, with one of the results.
    void ended(String result, QueuedPod entry) {
        attempts.computeIfAbsent(List.of(entry.pod().schedulerName(), result), _ -> new Histogram(ATTEMPT_BOUNDS))
                .add(since(entry.begun()));
    }

    /// A pod is bound.
    void bound(QueuedPod entry) {
        ended(SCHEDULED, entry);
        int number = entry.attempts();
        tries.add(TimeUnit.SECONDS.toNanos(number));
        pods.computeIfAbsent(number < MANY ? Integer.toString(number) : MANY + "+", _ -> new Histogram(POD_BOUNDS))
                .add(since(entry.added()));
        if (entry.late()) {
            late.increment();
        }
    }

    /// Victims were looked for.
    void preempting() {
        preemptions.increment();
    }

    /// So many were found.
    void preempted(int number) {
        victims.add(TimeUnit.SECONDS.toNanos(number));
    }

    /// @param queue what waits now
    /// @param cache what is known of the cluster now
    String text(SchedulingQueue queue, ClusterState.Sizes cache) {
        MetricText text = new MetricText();
        attempts(text);
        text.family(NAME + "scheduling_algorithm_duration_seconds", Type.HISTOGRAM,
                "Scheduling algorithm latency in seconds").histogram(algorithm);
        text.family(NAME + "preemption_victims", Type.HISTOGRAM, "Number of selected preemption victims")
                .histogram(victims);
        text.family(NAME + "preemption_attempts_total", Type.COUNTER,
                "Total preemption attempts in the cluster till now").value(preemptions.sum());
        durations(text);
        queue.to(text);
        text.family(NAME + "cache_size", Type.GAUGE,
                "Number of nodes, pods, and assumed (bound) pods in the scheduler cache.")
                .value(cache.assumed(), "type", "assumed_pods").value(cache.nodes(), "type", "nodes")
                .value(cache.pods(), "type", "pods");
        return text.toString();
    }

    private void attempts(MetricText text) {
        text.family(NAME + "schedule_attempts_total", Type.COUNTER, "Number of attempts to schedule pods, by the"
                + " result. 'unschedulable' means a pod could not be scheduled, while 'error' means an internal"
                + " scheduler problem.");
        sorted(attempts).forEach((of, h) -> text.value(h.count(), "profile", of.get(0), "result", of.get(1)));
        text.family(NAME + "scheduling_attempt_duration_seconds", Type.HISTOGRAM,
                "Scheduling attempt latency in seconds (scheduling algorithm + binding)");
        sorted(attempts).forEach((of, h) -> text.histogram(h, "profile", of.get(0), "result", of.get(1)));
    }

    private static SortedMap<List<String>, Histogram> sorted(Map<List<String>, Histogram> all) {
        SortedMap<List<String>, Histogram> sorted = new TreeMap<>(Comparator.comparing(List::toString));
        sorted.putAll(all);
        return sorted;
    }

    private void durations(MetricText text) {
        text.family(NAME + "pod_scheduling_sli_duration_seconds", Type.HISTOGRAM, "E2e latency for a pod being"
                + " scheduled, from the time the pod enters the scheduling queue and might involve multiple scheduling"
                + " attempts.");
        pods.forEach((number, h) -> text.histogram(h, "attempts", number));
        text.family(NAME + "pod_scheduling_attempts", Type.HISTOGRAM,
                "Number of attempts to successfully schedule a pod.").histogram(tries);
        text.family(NAME + "pod_scheduled_after_flush_total", Type.COUNTER, "Number of pods that were successfully"
                + " scheduled after being flushed from unschedulablePods due to timeout. This metric helps detect"
                + " potential queueing hint misconfigurations or event handling issues.").value(late.sum());
        text.family(NAME + "framework_extension_point_duration_seconds", Type.HISTOGRAM,
                "Latency for running all plugins of a specific extension point.");
        steps.forEach((of, h) -> text.histogram(h, "extension_point", of.get(0), "profile", of.get(1), "status",
                of.get(2)));
        text.family(NAME + "plugin_execution_duration_seconds", Type.HISTOGRAM,
                "Duration for running a plugin at a specific extension point.");
        plugins.forEach((of, h) -> text.histogram(h, "extension_point", of.get(1), "plugin", of.get(0), "status",
                of.get(2)));
    }
}

package io.k3j.controllerkit;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/// What a work queue counts of itself, under the names of client-go's (`workqueue_*`,
/// <https://kubernetes.io/docs/reference/instrumentation/metrics/>). Any thread; nothing blocks but a look at the queue
/// itself.
final class QueueFigures {
    /// In seconds.
    private static final double[] BUCKETS = {1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000};
    private final LongAdder adds = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final Histogram waited = new Histogram(BUCKETS);
    private final Histogram worked = new Histogram(BUCKETS);

    /// What is in a queue now.
    ///
    /// @param depth keys that are due
    /// @param unfinished seconds that keys have been worked on, of all that are
    /// @param longest the same of the one that is for longest
    record Now(int depth, double unfinished, double longest) {
    }

    /// The figures of one loop, under its name.
    private record Row(String name, QueueFigures figures, Now now) {
    }

    void added() {
        adds.increment();
    }

    void retried() {
        retries.increment();
    }

    void taken(long waitedNanos) {
        waited.add(waitedNanos);
    }

    void done(long workedNanos) {
        worked.add(workedNanos);
    }

    /// All figures of some loops, in Prometheus' text form.
    static String text(Collection<Controller> loops) {
        List<Row> rows = loops.stream()
                .map(l -> new Row(l.name(), l.queue().figures(), l.queue().now())).toList();
        MetricText text = new MetricText();
        values(text, rows, "workqueue_adds_total", Type.COUNTER, "Total number of adds handled by workqueue.",
                r -> r.figures().adds.sum());
        values(text, rows, "workqueue_depth", Type.GAUGE, "Current depth of workqueue.", r -> r.now().depth());
        values(text, rows, "workqueue_longest_running_processor_seconds", Type.GAUGE,
                "How many seconds the longest running processor has been running.", r -> r.now().longest());
        values(text, rows, "workqueue_retries_total", Type.COUNTER, "Total number of retries handled by workqueue.",
                r -> r.figures().retries.sum());
        values(text, rows, "workqueue_unfinished_work_seconds", Type.GAUGE,
                "How many seconds of work is in progress and has not been observed as done.",
                r -> r.now().unfinished());
        text.family("workqueue_queue_duration_seconds", Type.HISTOGRAM,
                "How long an item stays in workqueue before it is worked on.");
        rows.forEach(r -> text.histogram(r.figures().waited, "name", r.name()));
        text.family("workqueue_work_duration_seconds", Type.HISTOGRAM, "How long working on an item takes.");
        rows.forEach(r -> text.histogram(r.figures().worked, "name", r.name()));
        return text.toString();
    }

    @SuppressWarnings("checkstyle:ParameterNumber") // a family's name, type and help, and whose values
    private static void values(MetricText text, List<Row> rows, String name, Type type, String help,
            ToDoubleFunction<Row> value) {
        text.family(name, type, help);
        rows.forEach(r -> text.value(shown(value.applyAsDouble(r)), "name", r.name()));
    }

    private static Number shown(double value) {
        if (value == Math.rint(value)) {
            return (long) value;
        }
        return value;
    }
}

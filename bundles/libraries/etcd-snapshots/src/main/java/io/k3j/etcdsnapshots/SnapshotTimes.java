package io.k3j.etcdsnapshots;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/// How long it took to take snapshots and to tell of them, as K3s' histograms `k3s_etcd_snapshot_…_duration_seconds`
/// have it, with the label `status`: `success` or `error`. Any thread; nothing blocks.
final class SnapshotTimes {
    /// K3s': 8 ms and twice as much each time.
    private static final double[] BOUNDS = Histogram.doubling(0.008, 15);
    /// One per step.
    private final List<Histogram> success = histograms();
    private final List<Histogram> error = histograms();
    private final LongSupplier nanoTime;

    /// What is measured; each includes what it consists of. Metrics are named after the constants.
    enum Step {
        /// All of a snapshot.
        SAVE("Seconds until a snapshot was taken and copied"),
        /// Its file.
        SAVE_LOCAL("Seconds until a snapshot was a file"),
        /// Its copy.
        SAVE_S3("Seconds until a snapshot was in S3"),
        /// All of a comparison of objects with snapshots.
        RECONCILE("Seconds until the objects of snapshots were as the snapshots"),
        /// The list of files.
        RECONCILE_LOCAL("Seconds until the files of snapshots were listed"),
        /// The list of S3.
        RECONCILE_S3("Seconds until the snapshots in S3 were listed");

        private final String words;

        Step(String words) {
            this.words = words;
        }

        private String family() {
            return "k3s_etcd_snapshot_" + name().toLowerCase(Locale.ROOT) + "_duration_seconds";
        }
    }

    /// Something that takes time and may fail as disks and networks do.
    interface Work<T> {
        /// Does it.
        T run() throws IOException;
    }

    /// @param nanoTime runs on and never back
    SnapshotTimes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private static List<Histogram> histograms() {
        return Arrays.stream(Step.values()).map(step -> new Histogram(BOUNDS)).toList();
    }

    /// Does it and notes how long that took, and whether it ended with an exception, which goes on to the caller.
    <T> T measured(Step step, Work<T> work) throws IOException {
        long begun = nanoTime.getAsLong();
        List<Histogram> outcome = error;
        try {
            T made = work.run();
            outcome = success;
            return made;
        } finally {
            outcome.get(step.ordinal()).add(nanoTime.getAsLong() - begun);
        }
    }

    /// In Prometheus' text form; what has not occurred has no lines.
    String text() {
        MetricText text = new MetricText();
        for (Step step : Step.values()) {
            Histogram well = success.get(step.ordinal());
            Histogram badly = error.get(step.ordinal());
            if (well.count() + badly.count() > 0) {
                text.family(step.family(), MetricText.Type.HISTOGRAM, step.words + ", by status.");
                write(text, well, "success");
                write(text, badly, "error");
            }
        }
        return text.toString();
    }

    private static void write(MetricText text, Histogram times, String status) {
        if (times.count() > 0) {
            text.histogram(times, "status", status);
        }
    }
}

package io.k3j.etcdmember;

import io.k3j.componentapi.MetricText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/// How long it took to take snapshots and to tell of them, as K3s' histograms `k3s_etcd_snapshot_…_duration_seconds`
/// have it. Any thread; nothing blocks.
final class SnapshotTimes {
    /// K3s' bounds: 8 ms and twice as much each time, 15 of them.
    private static final double[] BOUNDS = IntStream.range(0, 15).mapToDouble(i -> 0.008 * (1 << i)).toArray();
    private static final double NANOS = 1e9;
    private final List<Series> all = new ArrayList<>();
    private final LongSupplier nanoTime;

    /// What is measured; each includes what it consists of.
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

    /// Something that takes time.
    interface Work<T> {
        /// Does it.
        T run() throws IOException;
    }

    /// One value of the label `status` of a family; the last count is of those beyond all bounds.
    private static final class Series {
        private final Step step;
        private final boolean success;
        private final long[] counts = new long[BOUNDS.length + 1];
        private long nanos;

        Series(Step step, boolean success) {
            this.step = step;
            this.success = success;
        }

        private void add(long took) {
            int i = 0;
            while (i < BOUNDS.length && took / NANOS > BOUNDS[i]) {
                i++;
            }
            counts[i]++;
            nanos += took;
        }

        private boolean occurred() {
            return Arrays.stream(counts).sum() > 0;
        }
    }

    /// `nanoTime` runs on and never back.
    SnapshotTimes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        for (Step step : Step.values()) {
            all.add(new Series(step, true));
            all.add(new Series(step, false));
        }
    }

    /// Does it and notes how long that took, and whether it ended with an exception.
    <T> T measured(Step step, Work<T> work) throws IOException {
        long begun = nanoTime.getAsLong();
        boolean success = false;
        try {
            T made = work.run();
            success = true;
            return made;
        } finally {
            add(step, success, nanoTime.getAsLong() - begun);
        }
    }

    private synchronized void add(Step step, boolean success, long nanos) {
        all.get(2 * step.ordinal() + (success ? 0 : 1)).add(nanos);
    }

    /// In Prometheus' text form; what has not occurred has no lines.
    synchronized String text() {
        MetricText text = new MetricText();
        for (Step step : Step.values()) {
            List<Series> occurred = all.stream().filter(s -> s.step == step && s.occurred()).toList();
            if (!occurred.isEmpty()) {
                text.family(step.family(), MetricText.Type.HISTOGRAM, step.words + ", by status.");
                occurred.forEach(s -> text.histogram(BOUNDS, s.counts, s.nanos / NANOS, "status",
                        s.success ? "success" : "error"));
            }
        }
        return text.toString();
    }
}

package io.k3j.etcdmember;

import io.k3j.metricstext.ScrapedHistogram;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Warns in the log when the disk is too slow for etcd, which slows down every write and in the end costs the
/// leader its leadership. etcd measures; the limits are those of etcd's documentation
/// (<https://etcd.io/docs/v3.4/faq/>: 99 % of the WAL syncs under 10 ms, of the backend commits under 25 ms).
final class DiskWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    /// Syncs needed for a judgement: with fewer, a single slow one would decide the 99th percentile.
    static final int MIN_SAMPLES = 200;
    /// Interval between two warnings.
    static final Duration WARNING_INTERVAL = Duration.ofMinutes(10);
    private static final double QUANTILE = 0.99;
    private static final long INTERVAL_MILLIS = 30_000;
    private final String metrics;
    private final String directory;
    private final InstantSource clock;
    private final List<Gauge> gauges = List.of(
            new Gauge("etcd_disk_wal_fsync_duration_seconds", "syncs of its log", 10),
            new Gauge("etcd_disk_backend_commit_duration_seconds", "commits of its database", 25));
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Instant lastWarning;

    /// One histogram and its state at the previous judgement.
    private static final class Gauge {
        private final String name;
        private final String description;
        private final int normalMillis;
        private @Nullable ScrapedHistogram previous;

        Gauge(String name, String description, int normalMillis) {
            this.name = name;
            this.description = description;
            this.normalMillis = normalMillis;
        }

        /// What is wrong since the previous judgement; empty when nothing is, or with too few samples.
        private Optional<String> judge(String text) {
            ScrapedHistogram now = ScrapedHistogram.of(name, text);
            ScrapedHistogram then = previous;
            if (then == null || now.total() < then.total()) {
                // no base to compare with: the first scrape, or etcd was restarted and its counters were reset
                previous = now;
                return Optional.empty();
            }
            ScrapedHistogram recent = now.since(then);
            if (recent.total() < MIN_SAMPLES) {
                return Optional.empty();
            }
            previous = now;
            double millis = recent.quantile(QUANTILE) * 1_000;
            return millis <= normalMillis ? Optional.empty()
                    : Optional.of(String.format(Locale.ROOT, "99 of 100 %s took up to %.0f ms (normal: under %d ms)",
                            description, millis, normalMillis));
        }
    }

    /// @param metrics the URL of etcd's metrics
    /// @param directory etcd's data directory, for the message
    DiskWatch(String metrics, String directory, InstantSource clock) {
        this.metrics = metrics;
        this.directory = directory;
        this.clock = clock;
    }

    /// Scrapes every 30 s until [#close].
    void run() throws InterruptedException {
        while (!stopping.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
            try {
                evaluate(EtcdMetrics.read(metrics)).ifPresent(warning -> LOG.log(System.Logger.Level.WARNING, warning));
            } catch (IOException | IllegalArgumentException unavailable) {
                LOG.log(System.Logger.Level.DEBUG, "No metrics of etcd: " + unavailable.getMessage());
            }
        }
    }

    /// The warning due for these metrics; empty when the disk is fast enough or a warning was logged recently.
    Optional<String> evaluate(String text) {
        List<String> warning = new ArrayList<>();
        gauges.forEach(gauge -> gauge.judge(text).ifPresent(warning::add));
        Instant now = clock.instant();
        if (warning.isEmpty() || lastWarning != null && now.isBefore(lastWarning.plus(WARNING_INTERVAL))) {
            return Optional.empty();
        }
        lastWarning = now;
        return Optional.of("the disk of etcd is slow: " + String.join(", ", warning)
                + "; writes wait for it and leaders may"
                + " be lost: put " + directory + " on an SSD of its own or keep other writers off this disk (look with"
                + " iostat -x 1)");
    }

    @Override
    public void close() {
        stopping.countDown();
    }
}

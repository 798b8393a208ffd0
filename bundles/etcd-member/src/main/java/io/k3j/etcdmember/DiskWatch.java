package io.k3j.etcdmember;

import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
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

/// Says in the log when the disk under etcd is too slow for it, which makes every write slow and in the end costs the
/// leader its lead. Measured by etcd itself, judged by what etcd's documentation calls normal
/// (<https://etcd.io/docs/v3.4/faq/>: 99 of 100 syncs of the log under 10 ms, commits of the database under 25 ms).
final class DiskWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    /// A judgement needs that many syncs, else one of them alone would be the hundredth part.
    static final int ENOUGH = 200;
    /// It is said again no sooner.
    static final Duration SILENCE = Duration.ofMinutes(10);
    private static final double SHARE = 0.99;
    private static final long LOOK_MILLIS = 30_000;
    private static final int LIMIT_MILLIS = 2_000;
    private static final int MAX_METRICS = 8 << 20;
    private final String metrics;
    private final String directory;
    private final InstantSource clock;
    private final List<Gauge> gauges = List.of(
            new Gauge("etcd_disk_wal_fsync_duration_seconds", "syncs of its log", 10),
            new Gauge("etcd_disk_backend_commit_duration_seconds", "commits of its database", 25));
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Instant said;

    /// One figure and where it stood at the judgement before.
    private static final class Gauge {
        private final String name;
        private final String words;
        private final int normalMillis;
        private @Nullable Histogram before;

        Gauge(String name, String words, int normalMillis) {
            this.name = name;
            this.words = words;
            this.normalMillis = normalMillis;
        }

        /// What is wrong with it since the judgement before; empty when nothing is or when there were too few.
        private Optional<String> judge(String text) {
            Histogram now = Histogram.of(name, text);
            Histogram then = before;
            if (then == null || now.total() < then.total()) {
                // nothing to compare with: the first look, or an etcd that was started again
                before = now;
                return Optional.empty();
            }
            Histogram lately = now.since(then);
            if (lately.total() < ENOUGH) {
                return Optional.empty();
            }
            before = now;
            double millis = lately.quantile(SHARE) * 1_000;
            return millis <= normalMillis ? Optional.empty()
                    : Optional.of(String.format(Locale.ROOT, "99 of 100 %s took up to %.0f ms (normal: under %d ms)",
                            words, millis, normalMillis));
        }
    }

    /// Of the etcd that tells its metrics at that URL, with its data in `directory`.
    DiskWatch(String metrics, String directory, InstantSource clock) {
        this.metrics = metrics;
        this.directory = directory;
        this.clock = clock;
    }

    /// Looks every 30 s until [#close].
    void run() throws InterruptedException {
        while (!stopping.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            try {
                look(read()).ifPresent(slow -> LOG.log(System.Logger.Level.WARNING, slow));
            } catch (IOException | IllegalArgumentException notNow) {
                LOG.log(System.Logger.Level.DEBUG, "no metrics of etcd: " + notNow.getMessage());
            }
        }
    }

    private String read() throws IOException {
        URLConnection connection = URI.create(metrics).resolve("/metrics").toURL().openConnection(Proxy.NO_PROXY);
        // once in 30 s: none is kept
        connection.setRequestProperty("Connection", "close");
        connection.setConnectTimeout(LIMIT_MILLIS);
        connection.setReadTimeout(LIMIT_MILLIS);
        try (InputStream body = connection.getInputStream()) {
            return new String(body.readNBytes(MAX_METRICS), StandardCharsets.UTF_8);
        }
    }

    /// What is to be said of etcd's metrics; empty when the disk is fast enough or it was said lately.
    Optional<String> look(String text) {
        List<String> slow = new ArrayList<>();
        gauges.forEach(gauge -> gauge.judge(text).ifPresent(slow::add));
        Instant now = clock.instant();
        if (slow.isEmpty() || said != null && now.isBefore(said.plus(SILENCE))) {
            return Optional.empty();
        }
        said = now;
        return Optional.of("the disk of etcd is slow: " + String.join(", ", slow)
                + "; writes wait for it and leaders may"
                + " be lost: put " + directory + " on an SSD of its own or keep other writers off this disk (look with"
                + " iostat -x 1)");
    }

    @Override
    public void close() {
        stopping.countDown();
    }
}

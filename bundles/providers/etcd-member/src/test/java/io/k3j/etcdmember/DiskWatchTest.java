package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DiskWatchTest {
    private static final String SYNC = "etcd_disk_wal_fsync_duration_seconds";
    private static final String COMMIT = "etcd_disk_backend_commit_duration_seconds";
    private Instant now = Instant.parse("2026-11-20T12:00:00Z");
    private final DiskWatch disk = new DiskWatch("http://127.0.0.1:2381", "/data/etcd", () -> now);

    @BeforeEach
    void scrapeOnce() {
        assertThat(disk.evaluate(metrics(SYNC, 0, 0, 0) + metrics(COMMIT, 0, 0, 0))).isEmpty();
    }

    /// In the format of etcd 3.4: cumulative counts up to 8 ms, up to 64 ms, and in total.
    private static String metrics(String name, long fast, long slow, long all) {
        return "# HELP " + name + " The latency distributions.\n# TYPE " + name + " histogram\n" + name
                + "_bucket{le=\"0.008\"} " + fast + "\n" + name + "_bucket{le=\"0.064\"} " + slow + "\n" + name
                + "_bucket{le=\"+Inf\"} " + all + "\n" + name + "_sum 1.5e+01\n" + name + "_count " + all + "\n"
                + "etcd_other_bucket{le=\"0.001\"} 7\n";
    }

    @Test
    void aFastDiskCausesNoWarning() {
        assertThat(disk.evaluate(metrics(SYNC, 990, 1_000, 1_000) + metrics(COMMIT, 1_000, 1_000, 1_000))).isEmpty();
    }

    @Test
    void aSlowSyncIsReportedWithFigureLimitAndRemedy() {
        assertThat(disk.evaluate(metrics(SYNC, 800, 1_000, 1_000))).get().asString()
                .contains("99 of 100 syncs of its log took up to 61 ms (normal: under 10 ms)", "/data/etcd", "SSD")
                .doesNotContain("commits of its database");
    }

    @Test
    void aSlowCommitIsReported() {
        assertThat(disk.evaluate(metrics(SYNC, 1_000, 1_000, 1_000) + metrics(COMMIT, 0, 500, 1_000))).get().asString()
                .contains("99 of 100 commits of its database took up to 64 ms (normal: under 25 ms)")
                .doesNotContain("syncs of its log");
    }

    @Test
    void samplesBeforeTheFirstScrapeDoNotCount() {
        DiskWatch late = new DiskWatch("http://127.0.0.1:2381", "/data/etcd", () -> now);
        assertThat(late.evaluate(metrics(SYNC, 0, 9_000, 9_000))).isEmpty();
        assertThat(late.evaluate(metrics(SYNC, 1_000, 10_000, 10_000))).isEmpty();
    }

    @Test
    void onlySamplesSinceTheLastJudgementCount() {
        assertThat(disk.evaluate(metrics(SYNC, 0, 1_000, 1_000))).isPresent();
        now = now.plus(DiskWatch.WARNING_INTERVAL);
        assertThat(disk.evaluate(metrics(SYNC, 1_000, 2_000, 2_000))).isEmpty();
        assertThat(disk.evaluate(metrics(SYNC, 1_000, 3_000, 3_000))).isPresent();
    }

    @Test
    void warnsAtMostEveryTenMinutes() {
        assertThat(disk.evaluate(metrics(SYNC, 0, 1_000, 1_000))).isPresent();
        now = now.plus(DiskWatch.WARNING_INTERVAL).minusSeconds(1);
        assertThat(disk.evaluate(metrics(SYNC, 0, 2_000, 2_000))).isEmpty();
        now = now.plusSeconds(1);
        assertThat(disk.evaluate(metrics(SYNC, 0, 3_000, 3_000))).isPresent();
    }

    @Test
    void tooFewSamplesAreNotJudged() {
        assertThat(disk.evaluate(metrics(SYNC, 0, 150, 150))).isEmpty();
        assertThat(disk.evaluate(metrics(SYNC, 0, 250, 250))).isPresent();
    }

    @Test
    void aRestartedEtcdCountsFromZero() {
        assertThat(disk.evaluate(metrics(SYNC, 5_000, 5_000, 5_000))).isEmpty();
        assertThat(disk.evaluate(metrics(SYNC, 0, 300, 300))).isEmpty();
        assertThat(disk.evaluate(metrics(SYNC, 0, 600, 600))).isPresent();
    }

    @Test
    void metricsWithoutTheHistogramsCauseNoWarning() {
        assertThat(disk.evaluate("etcd_server_has_leader 1\n")).isEmpty();
        assertThat(disk.evaluate("")).isEmpty();
    }
}

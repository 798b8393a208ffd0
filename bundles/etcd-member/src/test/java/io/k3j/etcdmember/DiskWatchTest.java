package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DiskWatchTest {
    private static final String SYNC = "etcd_disk_wal_fsync_duration_seconds";
    private static final String COMMIT = "etcd_disk_backend_commit_duration_seconds";
    private Instant now = Instant.parse("2026-11-20T12:00:00Z");
    private final DiskWatch disk = new DiskWatch("http://127.0.0.1:2381", "/data/etcd", () -> now);

    @BeforeEach
    void haveAFirstLook() {
        assertThat(disk.look(metrics(SYNC, 0, 0, 0) + metrics(COMMIT, 0, 0, 0))).isEmpty();
    }

    /// As etcd 3.4 writes it: so many up to 8 ms, up to 64 ms, and in all.
    private static String metrics(String name, long fast, long slow, long all) {
        return "# HELP " + name + " The latency distributions.\n# TYPE " + name + " histogram\n" + name
                + "_bucket{le=\"0.008\"} " + fast + "\n" + name + "_bucket{le=\"0.064\"} " + slow + "\n" + name
                + "_bucket{le=\"+Inf\"} " + all + "\n" + name + "_sum 1.5e+01\n" + name + "_count " + all + "\n"
                + "etcd_other_bucket{le=\"0.001\"} 7\n";
    }

    @Test
    void aFastDiskIsNotTalkedAbout() {
        assertThat(disk.look(metrics(SYNC, 990, 1_000, 1_000) + metrics(COMMIT, 1_000, 1_000, 1_000))).isEmpty();
    }

    @Test
    void aSlowSyncIsToldWithFigureNormAndRemedy() {
        assertThat(disk.look(metrics(SYNC, 800, 1_000, 1_000))).get().asString()
                .contains("99 of 100 syncs of its log took up to 61 ms (normal: under 10 ms)", "/data/etcd", "SSD")
                .doesNotContain("commits of its database");
    }

    @Test
    void aSlowCommitIsToldToo() {
        assertThat(disk.look(metrics(SYNC, 1_000, 1_000, 1_000) + metrics(COMMIT, 0, 500, 1_000))).get().asString()
                .contains("99 of 100 commits of its database took up to 64 ms (normal: under 25 ms)")
                .doesNotContain("syncs of its log");
    }

    @Test
    void whatWasBeforeTheFirstLookIsNotJudged() {
        DiskWatch late = new DiskWatch("http://127.0.0.1:2381", "/data/etcd", () -> now);
        assertThat(late.look(metrics(SYNC, 0, 9_000, 9_000))).isEmpty();
        assertThat(late.look(metrics(SYNC, 1_000, 10_000, 10_000))).isEmpty();
    }

    @Test
    void onlyWhatHappenedSinceTheLastJudgementCounts() {
        assertThat(disk.look(metrics(SYNC, 0, 1_000, 1_000))).isPresent();
        now = now.plus(DiskWatch.SILENCE);
        assertThat(disk.look(metrics(SYNC, 1_000, 2_000, 2_000))).isEmpty();
        assertThat(disk.look(metrics(SYNC, 1_000, 3_000, 3_000))).isPresent();
    }

    @Test
    void itIsSaidAtMostEveryTenMinutes() {
        assertThat(disk.look(metrics(SYNC, 0, 1_000, 1_000))).isPresent();
        now = now.plus(DiskWatch.SILENCE).minusSeconds(1);
        assertThat(disk.look(metrics(SYNC, 0, 2_000, 2_000))).isEmpty();
        now = now.plusSeconds(1);
        assertThat(disk.look(metrics(SYNC, 0, 3_000, 3_000))).isPresent();
    }

    @Test
    void aFewSyncsAreWaitedFor() {
        assertThat(disk.look(metrics(SYNC, 0, 150, 150))).isEmpty();
        assertThat(disk.look(metrics(SYNC, 0, 250, 250))).isPresent();
    }

    @Test
    void anEtcdThatWasStartedAgainCountsFromTheStart() {
        assertThat(disk.look(metrics(SYNC, 5_000, 5_000, 5_000))).isEmpty();
        assertThat(disk.look(metrics(SYNC, 0, 300, 300))).isEmpty();
        assertThat(disk.look(metrics(SYNC, 0, 600, 600))).isPresent();
    }

    @Test
    void metricsWithoutTheseFiguresSayNothing() {
        assertThat(disk.look("etcd_server_has_leader 1\n")).isEmpty();
        assertThat(disk.look("")).isEmpty();
    }

    @Test
    void takesTheQuantileAsPrometheusDoes() {
        Histogram all = Histogram.of(SYNC, metrics(SYNC, 50, 100, 100));
        assertThat(all.quantile(0.5)).isCloseTo(0.008, within(1e-9));
        assertThat(all.quantile(0.75)).isCloseTo(0.036, within(1e-9));
        assertThat(Histogram.of(SYNC, metrics(SYNC, 0, 0, 10)).quantile(0.99)).isCloseTo(0.064, within(1e-9));
    }
}

package io.k3j.metricstext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScrapedHistogramTest {
    private static final String NAME = "etcd_disk_wal_fsync_duration_seconds";

    /// As etcd 3.4 writes it: so many up to 8 ms, up to 64 ms, and in all.
    private static ScrapedHistogram scraped(long fast, long slow, long all) {
        return ScrapedHistogram.of(NAME, "# TYPE " + NAME + " histogram\n" + NAME + "_bucket{le=\"0.008\"} " + fast
                + "\n" + NAME + "_bucket{le=\"0.064\"} " + slow + "\n" + NAME + "_bucket{le=\"+Inf\"} " + all + "\n"
                + NAME + "_sum 1.5e+01\n" + NAME + "_count " + all + "\netcd_other_bucket{le=\"0.001\"} 7\n");
    }

    @Test
    void takesTheQuantileAsPrometheusDoes() {
        ScrapedHistogram all = scraped(50, 100, 100);
        assertThat(all.quantile(0.5)).isCloseTo(0.008, within(1e-9));
        assertThat(all.quantile(0.75)).isCloseTo(0.036, within(1e-9));
        assertThat(scraped(0, 0, 10).quantile(0.99)).isCloseTo(0.064, within(1e-9));
    }

    @Test
    void whatCameLaterIsTheDifference() {
        assertThat(scraped(50, 100, 110).since(scraped(50, 60, 60)).total()).isEqualTo(50);
        assertThat(scraped(1, 2, 3).since(ScrapedHistogram.of(NAME, "")).total()).isEqualTo(3);
    }
}

package io.k3j.metricstext;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimingHistogramTest {
    private static String text(TimingHistogram counted) {
        return new MetricText().family("used", MetricText.Type.HISTOGRAM, "Used.").histogram(counted).toString();
    }

    @Test
    void aNanosecondIsAnObservation() {
        TimingHistogram used = new TimingHistogram(100, 0, 0.5, 1);
        used.denominator(100, 4);
        used.set(110, 2);
        used.set(130, 3);
        used.set(170, 5);
        assertThat(text(used.copy(175))).endsWith("""
                used_bucket{le="0"} 10
                used_bucket{le="0.5"} 30
                used_bucket{le="1"} 70
                used_bucket{le="+Inf"} 75
                used_sum 46.25
                used_count 75
                """);
    }

    @Test
    void anotherDenominatorMakesAnotherRatio() {
        TimingHistogram used = new TimingHistogram(0, 0.5);
        used.set(0, 1);
        used.denominator(8, 2);
        assertThat(text(used.copy(18))).endsWith("""
                used_bucket{le="0.5"} 10
                used_bucket{le="+Inf"} 18
                used_sum 13.0
                used_count 18
                """);
    }

    @Test
    void whatWasCopiedStaysAsItIs() {
        TimingHistogram used = new TimingHistogram(0, 1);
        TimingHistogram seen = used.copy(5);
        used.set(50, 1);
        assertThat(text(seen)).contains("used_count 5\n");
        assertThat(text(used.copy(60))).contains("used_count 60\n", "used_sum 10.0\n");
    }

    /// A double would not know a nanosecond any more beside a year.
    @Test
    void shortTimesCountAfterALongOne() {
        TimingHistogram used = new TimingHistogram(0, 1);
        used.set(0, 1);
        long year = 1L << 55;
        for (int i = 1; i <= 1_000; i++) {
            used.set(year + i, 1);
        }
        assertThat(used.within(0)).isEqualTo(year + 1_000);
        assertThat((long) used.sum()).isBetween(year + 990, year + 1_008);
    }
}

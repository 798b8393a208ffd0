package io.k3j.kubeletoptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletconfig.KubeletDefaults;
import io.k3j.kubeletimages.RateLimit;
import io.k3j.testkit.ManualClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RateOptionsTest {
    private final ManualClock clock = new ManualClock();

    private static KubeletOptions with(Map<String, String> arguments) {
        return new KubeletOptions("n", Path.of("/d"), Path.of("/r"), Path.of("/l"), "/", List.of(), "cluster.local",
                arguments, new KubeletDefaults(Path.of("/d"), List.of(), List.of(), "cluster.local", "", List.of()));
    }

    /// How many are taken before one has to wait, of a thousand.
    private static long atOnce(RateLimit limit) {
        return Stream.generate(limit::take).limit(1000).takeWhile(wait -> wait.isZero()).count();
    }

    @Test
    void ratesAreUpstreamsUnlessOthersAreGiven() {
        assertThat(atOnce(RateOptions.pulls(with(Map.of()), clock))).isEqualTo(10);
        assertThat(atOnce(RateOptions.events(with(Map.of()), clock))).isEqualTo(100);
        assertThat(atOnce(RateOptions.pulls(with(Map.of("registry-burst", "20")), clock))).isEqualTo(20);
        assertThat(atOnce(RateOptions.events(with(Map.of("event-qps", "0")), clock))).isEqualTo(1000);
        assertThatThrownBy(() -> RateOptions.pulls(with(Map.of("registry-qps", "-1")), clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--kubelet-arg registry-qps=-1: it must be 0 or greater");
    }
}

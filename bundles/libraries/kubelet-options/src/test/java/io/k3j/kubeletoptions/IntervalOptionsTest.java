package io.k3j.kubeletoptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletconfig.KubeletDefaults;
import io.k3j.kubeletserver.AccessLifetimes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IntervalOptionsTest {
    private static KubeletOptions with(Map<String, String> arguments) {
        return new KubeletOptions("n", Path.of("/d"), Path.of("/r"), Path.of("/l"), "/", List.of(), "cluster.local",
                arguments, new KubeletDefaults(Path.of("/d"), List.of(), List.of(), "cluster.local", "", List.of()));
    }

    @Test
    void podsAreLookedAtAsOftenAsItIsSaid() {
        assertThat(with(Map.of()).syncFrequency()).isEqualTo(Duration.ofMinutes(1));
        assertThat(with(Map.of("sync-frequency", "3s")).syncFrequency()).isEqualTo(Duration.ofSeconds(3));
        assertThatThrownBy(() -> with(Map.of("sync-frequency", "10ms")).syncFrequency())
                .hasMessage("--kubelet-arg sync-frequency=10ms: it must be a second or more, as 1m");
    }

    @Test
    void manifestsAndCpusAreLookedAtAsOftenAsItIsSaid() {
        assertThat(IntervalOptions.manifests(with(Map.of()))).isEqualTo(Duration.ofSeconds(5));
        assertThat(IntervalOptions.manifests(with(Map.of("file-check-frequency", "1m")))).hasMinutes(1);
        assertThat(IntervalOptions.cpus(with(Map.of()))).isEqualTo(Duration.ofSeconds(10));
        assertThat(IntervalOptions.cpus(with(Map.of("cpu-manager-reconcile-period", "3s")))).hasSeconds(3);
        assertThatThrownBy(() -> with(Map.of("cpu-manager-reconcile-period", "0s")).check())
                .hasMessage("--kubelet-arg cpu-manager-reconcile-period=0s: it must be a second or more, as 10s");
        assertThatThrownBy(() -> with(Map.of("file-check-frequency", "10ms")).check())
                .hasMessage("--kubelet-arg file-check-frequency=10ms: it must be a second or more, as 5s");
    }

    @Test
    void volumesAreCountedAsOftenAsItIsSaid() {
        assertThat(IntervalOptions.volumeStats(with(Map.of()))).isEqualTo(Duration.ofMinutes(1));
        assertThat(IntervalOptions.volumeStats(with(Map.of("volume-stats-agg-period", "10m"))))
                .isEqualTo(Duration.ofMinutes(10));
        assertThat(IntervalOptions.volumeStats(with(Map.of("volume-stats-agg-period", "-1s")))).isNegative();
    }

    @Test
    void whoMayAskIsRememberedAsLongAsItIsSaid() {
        assertThat(IntervalOptions.access(with(Map.of()))).isEqualTo(AccessLifetimes.UPSTREAM);
        assertThat(IntervalOptions.access(with(Map.of("authentication-token-webhook-cache-ttl", "10s",
                "authorization-webhook-cache-authorized-ttl", "20s", "authorization-webhook-cache-unauthorized-ttl",
                "1s")))).isEqualTo(new AccessLifetimes(Duration.ofSeconds(10), Duration.ofSeconds(20),
                        Duration.ofSeconds(1)));
        assertThatThrownBy(() -> IntervalOptions
                .access(with(Map.of("authorization-webhook-cache-authorized-ttl", "-1s"))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package io.k3j.kubeletoptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletconfig.KubeletDefaults;
import io.k3j.nodestatus.NodeSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What `--kubelet-arg` comes to.
class KubeletOptionsTest {
    private static KubeletOptions with(Map<String, String> arguments) {
        return new KubeletOptions("n", Path.of("/d"), Path.of("/r"), Path.of("/l"), "/", List.of(), "cluster.local",
                arguments, new KubeletDefaults(Path.of("/d"), List.of(), List.of(), "cluster.local", "", List.of()));
    }

    @Test
    void aNodeWithFewCoresHasAsManyPodsAsTheyMayHave() {
        assertThat(with(Map.of()).maxPods(2)).isEqualTo(110);
        assertThat(with(Map.of("pods-per-core", "10")).maxPods(2)).isEqualTo(20);
        assertThat(with(Map.of("pods-per-core", "10", "max-pods", "15")).maxPods(2)).isEqualTo(15);
        assertThat(with(Map.of("pods-per-core", "0")).maxPods(2)).isEqualTo(110);
    }

    @Test
    void oneContainerThatHasEndedIsKeptOfEachUnlessOtherwiseSaid() {
        assertThat(with(Map.of()).deadContainers()).isEqualTo(1);
        assertThat(with(Map.of("maximum-dead-containers-per-container", "3")).deadContainers()).isEqualTo(3);
        assertThat(with(Map.of("maximum-dead-containers-per-container", "0")).deadContainers()).isZero();
        assertThat(with(Map.of("maximum-dead-containers-per-container", "-1")).deadContainers())
                .isEqualTo(Integer.MAX_VALUE);
        assertThatThrownBy(() -> with(Map.of("maximum-dead-containers-per-container", "few")).deadContainers())
                .hasMessage("--kubelet-arg maximum-dead-containers-per-container=few: not a whole number");
    }

    @Test
    void theRuntimesSeccompProfileIsTheDefaultWhereThatIsWanted() {
        assertThat(with(Map.of()).seccomp().runtimeDefault()).isFalse();
        assertThat(with(Map.of("seccomp-default", "true")).seccomp().runtimeDefault()).isTrue();
        assertThat(with(Map.of("seccomp-default", "1")).seccomp().runtimeDefault()).isTrue();
        assertThatThrownBy(() -> with(Map.of("seccomp-default", "yes")).seccomp())
                .hasMessage("--kubelet-arg seccomp-default=yes: it must be true or false");
        assertThat(with(Map.of()).seccomp().root()).isEqualTo("/r/seccomp");
    }

    @Test
    void imagesArePulledAsManyAtOnceAsIsSaid() {
        assertThat(with(Map.of()).parallelPulls()).isEqualTo(5);
        assertThat(with(Map.of("serialize-image-pulls", "true")).parallelPulls()).isEqualTo(1);
        assertThat(with(Map.of("max-parallel-image-pulls", "9")).parallelPulls()).isEqualTo(9);
        assertThatThrownBy(() -> with(Map.of("max-parallel-image-pulls", "0")).parallelPulls())
                .hasMessage("invalid configuration: maxParallelImagePulls 0 must be a positive number");
        assertThatThrownBy(() -> with(Map.of("serialize-image-pulls", "true", "max-parallel-image-pulls", "2"))
                .parallelPulls()).hasMessageContaining("cannot be larger than 1 unless SerializeImagePulls");
    }

    @Test
    void serversOfK3sAreToldWhetherPodsAreReachedThroughTheTunnel() {
        assertThat(NodeOptions.labels(List.of("a=b"), "cluster")).containsExactly("a=b", "egress.k3s.io/cluster=true");
        assertThat(NodeOptions.labels(List.of(), "pod")).containsExactly("egress.k3s.io/cluster=true");
        assertThat(NodeOptions.labels(List.of("a=b"), "agent")).containsExactly("a=b");
        assertThat(NodeOptions.labels(List.of("a=b"), "disabled")).containsExactly("a=b");
    }

    @Test
    void whatTheStatusTellsAndHowOften() {
        assertThat(with(Map.of()).maxImages()).isEqualTo(50);
        assertThat(with(Map.of("node-status-max-images", "-1")).maxImages()).isEqualTo(-1);
        assertThatThrownBy(() -> with(Map.of("node-status-max-images", "-2")).maxImages())
                .hasMessage("--kubelet-arg node-status-max-images=-2: it must be -1, for all images, or greater");
        assertThat(NodeOptions.statusFrequency(with(Map.of()))).isEqualTo(Duration.ofSeconds(10));
        assertThat(NodeOptions.statusFrequency(with(Map.of("node-status-update-frequency", "4s"))))
                .isEqualTo(Duration.ofSeconds(4));
        assertThatThrownBy(() -> NodeOptions.statusFrequency(with(Map.of("node-status-update-frequency", "0s"))))
                .hasMessage("--kubelet-arg node-status-update-frequency=0s: it must be a second or more, as 10s");
        assertThat(NodeOptions.heartbeat(with(Map.of()))).isEqualTo(NodeSettings.Heartbeat.DEFAULT);
        assertThat(NodeOptions.heartbeat(with(Map.of("node-status-update-frequency", "20s",
                "node-status-report-frequency", "1m", "node-lease-duration-seconds", "120")))).isEqualTo(
                        new NodeSettings.Heartbeat(Duration.ofSeconds(20), Duration.ofMinutes(1),
                                Duration.ofMinutes(2)));
    }

    @Test
    void theLongestBackOffOfContainersIsFromASecondToFiveMinutes() {
        assertThat(with(Map.of()).longestBackOff()).isEqualTo(Duration.ofMinutes(5));
        assertThat(with(Map.of("max-container-restart-period", "30s")).longestBackOff())
                .isEqualTo(Duration.ofSeconds(30));
        assertThatThrownBy(() -> with(Map.of("max-container-restart-period", "10m")).longestBackOff())
                .hasMessage("invalid configuration: CrashLoopBackOff.MaxContainerRestartPeriod (got: 600 seconds) must"
                        + " be set between 1s and 300s");
    }

    @Test
    void logsAreLookedAtEveryThreeSecondsOrLessOften() {
        assertThat(with(Map.of()).logMonitorInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(with(Map.of("container-log-monitor-interval", "3s")).logMonitorInterval())
                .isEqualTo(Duration.ofSeconds(3));
        assertThatThrownBy(() -> with(Map.of("container-log-monitor-interval", "1s")).logMonitorInterval())
                .hasMessageContaining("containerLogMonitorInterval must be a positive time duration greater than or");
    }

    @Test
    void agesOfImagesAreDurations() {
        assertThat(with(Map.of()).imageLimits().unused()).isZero();
        assertThat(with(Map.of("image-maximum-gc-age", "720h")).imageLimits().unused()).isEqualTo(Duration.ofDays(30));
        assertThatThrownBy(() -> with(Map.of("image-maximum-gc-age", "soon")).imageLimits())
                .hasMessage("--kubelet-arg image-maximum-gc-age=soon: not a duration such as 2m");
    }

    @Test
    void healthzIsAtLoopbackUnlessItIsToldOtherwise() {
        assertThat(with(Map.of()).healthz(List.of("192.0.2.1", "2001:db8::1")))
                .contains(new InetSocketAddress("127.0.0.1", 10_248));
        assertThat(with(Map.of()).healthz(List.of("2001:db8::1"))).contains(new InetSocketAddress("::1", 10_248));
        assertThat(with(Map.of("healthz-bind-address", "0.0.0.0")).healthz(List.of()))
                .contains(new InetSocketAddress("0.0.0.0", 10_248));
        assertThat(with(Map.of("healthz-port", "0")).healthz(List.of())).isEmpty();
    }

    @Test
    void whatIsNoAddressOrPortOfHealthzIsRefusedByName() {
        for (Map<String, String> wrong : List.of(Map.of("healthz-port", "65536"), Map.of("healthz-port", "-1"),
                Map.of("healthz-bind-address", "localhost"), Map.of("healthz-port", "4294967297"))) {
            assertThatIllegalArgumentException().isThrownBy(() -> with(wrong).healthz(List.of()))
                    .withMessageContaining("healthz-port");
        }
    }
}

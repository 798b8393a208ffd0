package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PodValuesTest {
    @Test
    void expandsReferencesAndKeepsUnknownOnes() {
        Map<String, String> values = Map.of("A", "1");
        assertThat(Expansion.of("x$(A)-$(B)-$$(A)-$", values)).isEqualTo("x1-$(B)-$(A)-$");
    }

    @Test
    void tellsTheQosClass() {
        assertThat(Amounts.qosClass(pod(Struct.EMPTY))).isEqualTo("BestEffort");
        assertThat(Amounts.qosClass(pod(Struct.of("requests", Struct.of("cpu", "1"))))).isEqualTo("Burstable");
        assertThat(Amounts.qosClass(pod(Struct.of("limits", Struct.of("cpu", "1", "memory", "1Gi")))))
                .isEqualTo("Guaranteed");
    }

    @Test
    void turnsLimitsIntoTheKernelsUnits() {
        Obj pod = pod(Struct.of("limits", Struct.of("cpu", "500m", "memory", "64Mi"), "requests",
                Struct.of("cpu", "250m")));
        Struct linux = Amounts.linux(pod, Pods.containers(pod).getFirst(), 1L << 30);
        assertThat(linux.whole("cpuQuota", 0)).isEqualTo(50_000);
        assertThat(linux.whole("cpuShares", 0)).isEqualTo(256);
        assertThat(linux.whole("memoryLimitInBytes", 0)).isEqualTo(64L << 20);
    }

    @Test
    void waitsLongerAfterEachFailure() {
        Backoff backoff = new Backoff();
        Instant now = Instant.parse("2026-11-20T06:00:00Z");
        assertThat(backoff.left("c", now, now)).isZero();
        backoff.next("c", now);
        assertThat(backoff.left("c", now, now)).isEqualTo(Duration.ofSeconds(10));
        for (int i = 0; i < 9; i++) {
            backoff.next("c", now);
        }
        assertThat(backoff.left("c", now, now)).isEqualTo(Duration.ofMinutes(5));
        assertThat(backoff.left("c", now, now.plusSeconds(601))).isZero();
    }

    @Test
    void refusesRootWhereItIsForbidden() {
        Obj pod = pod(Struct.EMPTY).with(true, "spec", "securityContext", "runAsNonRoot");
        var image = new io.k3j.nodeapi.Image("i", List.of(), List.of(), 0, OptionalLong.empty(), "", false);
        Struct container = Pods.containers(pod).getFirst();
        assertThat(Security.refusal(pod, container, image)).contains("image will run as root");
        assertThat(Security.refusal(pod.with(7, "spec", "securityContext", "runAsUser"), container, image)).isEmpty();
    }

    @Test
    void pullsOnlyTheTagLatestAlways() {
        assertThat(Images.policy("busybox")).isEqualTo("Always");
        assertThat(Images.policy("host:5000/busybox:latest")).isEqualTo("Always");
        assertThat(Images.policy("host:5000/busybox:1")).isEqualTo("IfNotPresent");
        assertThat(Images.policy("busybox@sha256:00")).isEqualTo("IfNotPresent");
    }

    @Test
    void writesAHostsFileWithTheFullName() {
        Obj pod = pod(Struct.EMPTY).with("sub", "spec", "subdomain").with("h", "spec", "hostname");
        assertThat(HostsFile.text(pod, List.of("10.42.0.9"), "cluster.local", ""))
                .contains("10.42.0.9\th.sub.ns.svc.cluster.local\th\n");
    }

    private static Obj pod(Struct resources) {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p", "namespace", "ns", "uid", "u"), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "c", "resources", resources)))));
    }
}

package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodValuesTest {
    @Test
    void expandsReferencesAndKeepsUnknownOnes() {
        Map<String, String> values = Map.of("A", "1");
        assertThat(Expansion.of("x$(A)-$(B)-$$(A)-$", values, 99)).contains("x1-$(B)-$(A)-$");
        assertThat(Expansion.of("$(x$(A))$(A)$x$(A", values, 99)).as("as upstream: a name ends at the next bracket")
                .contains("$(x$(A))1$x$(A");
    }

    @Test
    void countsTheBytesOfWhatItExpands() {
        Map<String, String> values = Map.of("A", "é€😀");
        assertThat(Expansion.of("x$(A)y", values, 11)).contains("xé€😀y");
        assertThat(Expansion.of("x$(A)y", values, 10)).isEmpty();
        assertThat(Expansion.of("$(A)".repeat(1_000_000), Map.of("A", "1".repeat(1 << 20)), 1 << 20)).isEmpty();
    }

    @Test
    void writesAHostsFileWithTheFullName() {
        Obj pod = pod().with("sub", "spec", "subdomain").with("h", "spec", "hostname");
        assertThat(HostsFile.text(pod, List.of("10.42.0.9"), "cluster.local", ""))
                .contains("10.42.0.9\th.sub.ns.svc.cluster.local\th\n");
        assertThat(HostsFile.text(pod.with("o.p", "spec", "hostnameOverride"), List.of("10.42.0.9"), "cluster.local",
                "")).contains("10.42.0.9\to.p\n").doesNotContain("sub");
    }

    @Test
    void aContainerWithoutALimitMayHaveWhatTheNodeCanGive() {
        assertThat(amount("limits.cpu", "1m")).isEqualTo("1500");
        assertThat(amount("limits.memory", "1")).isEqualTo("4096");
        assertThat(amount("limits.ephemeral-storage", "1")).isEqualTo("950");
        assertThat(amount("limits.hugepages-2Mi", "1")).isEqualTo("0");
        assertThat(amount("requests.ephemeral-storage", "1")).isEqualTo("0");
    }

    @Test
    void aContainerWithoutALimitHasThatOfItsPod() {
        Obj limited = pod().with(Struct.of("limits", Struct.of("memory", "64Mi", "cpu", "0")), "spec", "resources");
        assertThat(amount(limited, "limits.memory", "1Mi")).isEqualTo("64");
        assertThat(amount(limited, "limits.cpu", "1m")).isEqualTo("1500");
        assertThat(amount(limited, "requests.memory", "1")).isEqualTo("0");
    }

    private static String amount(String resource, String divisor) {
        return amount(pod(), resource, divisor);
    }

    private static String amount(Obj pod, String resource, String divisor) {
        Environment.Node node = new Environment.Node("n", List.of(), 1_500, 4_096, () -> 950);
        return new Environment(new ReferencedObjects(FakeApi.stepped(InstantSource.system())), node).amount(
                pod, Struct.EMPTY, Struct.of("resource", resource, "divisor", divisor));
    }

    private static Obj pod() {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p", "namespace", "ns", "uid", "u"), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "c")))));
    }
}

package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        assertThat(Expansion.of("x$(A)-$(B)-$$(A)-$", values)).isEqualTo("x1-$(B)-$(A)-$");
    }

    @Test
    void writesAHostsFileWithTheFullName() {
        Obj pod = pod().with("sub", "spec", "subdomain").with("h", "spec", "hostname");
        assertThat(HostsFile.text(pod, List.of("10.42.0.9"), "cluster.local", ""))
                .contains("10.42.0.9\th.sub.ns.svc.cluster.local\th\n");
    }

    @Test
    void aContainerWithoutALimitMayHaveWhatTheNodeCanGive() {
        assertThat(amount("limits.cpu", "1m")).isEqualTo("1500");
        assertThat(amount("limits.memory", "1")).isEqualTo("4096");
        assertThat(amount("limits.ephemeral-storage", "1")).isEqualTo("950");
        assertThat(amount("limits.hugepages-2Mi", "1")).isEqualTo("0");
        assertThat(amount("requests.ephemeral-storage", "1")).isEqualTo("0");
    }

    /// Not taken for a key of a ConfigMap without a name.
    @Test
    void aVariableFromAFileIsRefusedByName() {
        Struct file = Struct.of("volumeName", "v", "path", "e", "key", "A");
        Struct container = Struct.of("env", Seq.of(
                Struct.of("name", "A", "valueFrom", Struct.of("fileKeyRef", file))));
        assertThatThrownBy(() -> environment().of(pod(), container, List.of(), List.of()))
                .isInstanceOf(ConfigError.class).hasMessageContaining("fileKeyRef");
    }

    private static Environment environment() {
        return new Environment(new ReferencedObjects(FakeApi.stepped(InstantSource.system())),
                new Environment.Node("n", List.of(), 1_500, 4_096, () -> 950));
    }

    private static String amount(String resource, String divisor) {
        return environment().amount(Struct.EMPTY, Struct.of("resource", resource, "divisor", divisor));
    }

    private static Obj pod() {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p", "namespace", "ns", "uid", "u"), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "c")))));
    }
}

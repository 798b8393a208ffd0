package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessagesTest {
    private final Messages messages = new Messages();

    @Test
    void decodesWhatItEncodes() {
        Struct config = Struct.of("metadata", Struct.of("name", "ä", "attempt", 3), "labels", Map.of("a", "1", "b", ""),
                "portMappings", Seq.of(Struct.of("protocol", "UDP", "hostPort", 53)), "linux",
                Struct.of("securityContext", Struct.of("namespaceOptions", Struct.of("pid", "NODE"), "privileged", true,
                        "supplementalGroups", Seq.of(5, 300))));
        assertThat(messages.decode("PodSandboxConfig", messages.encode("PodSandboxConfig", config))).isEqualTo(config);
    }

    @Test
    void keepsNegativeNumbers() {
        Struct resources = Struct.of("oomScoreAdj", -997);
        assertThat(messages.decode("LinuxContainerResources", messages.encode("LinuxContainerResources", resources)))
                .isEqualTo(resources);
    }

    /// CRI has bytes here, which upstream's kubelet fills from a string.
    @Test
    void writesVariablesAsUtf8() {
        byte[] written = messages.encode("KeyValue", Struct.of("key", "k", "value", "ä→"));
        assertThat(messages.decode("KeyValue", written).text("value").getBytes(StandardCharsets.ISO_8859_1))
                .isEqualTo("ä→".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsPackedAndSingleNumbers() {
        byte[] both = {0x2a, 3, 5, (byte) 0xac, 2, 0x28, 7};
        assertThat(messages.decode("LinuxSandboxSecurityContext", both))
                .isEqualTo(Struct.of("supplementalGroups", Seq.of(5, 300, 7)));
    }

    @Test
    void refusesAFieldCriDoesNotHave() {
        assertThatThrownBy(() -> messages.encode("Mount", Struct.of("hostpath", "/x")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("Mount has no field hostpath");
    }

    @Test
    void refusesAnEnumValueCriDoesNotHave() {
        assertThatThrownBy(() -> messages.encode("PortMapping", Struct.of("protocol", "ICMP")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("ICMP");
    }

    @Test
    void reportsADamagedResponse() {
        assertThatThrownBy(() -> messages.decode("VersionResponse", new byte[] {10, 127, 1}))
                .isInstanceOf(RuntimeFault.class);
    }
}

package io.k3j.cricontainerd;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The answer of a container runtime is read or refused, as whichever message.
public class MessagesFuzzTest {
    private static final Messages MESSAGES = new Messages();

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        for (String message : List.of("PodSandboxConfig", "VersionResponse", "LinuxSandboxSecurityContext")) {
            Fuzzing.parse(() -> MESSAGES.decode(message, input), RuntimeFault.class);
        }
    }

    @Test
    void isReadOrRefused() throws IOException {
        Struct config = Struct.of("metadata", Struct.of("name", "a", "attempt", 3), "labels", Map.of("a", "1", "b", ""),
                "portMappings", Seq.of(Struct.of("protocol", "UDP", "hostPort", 53)), "linux",
                Struct.of("securityContext", Struct.of("namespaceOptions", Struct.of("pid", "NODE"), "privileged", true,
                        "supplementalGroups", Seq.of(5, 300))));
        Struct version = Struct.of("version", "0.1.0", "runtimeName", "containerd", "runtimeVersion", "v2");
        Fuzzing.run(MessagesFuzzTest::fuzzerTestOneInput, List.of(MESSAGES.encode("PodSandboxConfig", config),
                MESSAGES.encode("VersionResponse", version), new byte[] {0x2a, 3, 5, (byte) 0xac, 2, 0x28, 7}));
    }
}

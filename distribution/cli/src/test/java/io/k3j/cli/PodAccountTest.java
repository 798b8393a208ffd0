package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is told of a directory that the kubelet has not mounted; `AutomatedUpgradesItest` asks a server.
class PodAccountTest {
    private static final Map<String, String> SERVER = Map.of("KUBERNETES_SERVICE_HOST", "::1",
            "KUBERNETES_SERVICE_PORT", "443");
    @TempDir
    Path directory;

    @Test
    void saysWhichFileIsMissing() {
        PodAccount account = PodAccount.of(directory, SERVER);
        assertThatThrownBy(account::namespace).isInstanceOf(UsageFailure.class)
                .hasMessageContaining("cannot read " + directory.resolve("namespace"))
                .hasMessageContaining("the directory the kubelet mounts");
        assertThatThrownBy(() -> account.read("/api")).isInstanceOf(IOException.class)
                .hasMessageContaining("cannot read " + directory.resolve("token"));
    }

    @Test
    void aFileThatHoldsNoTokenIsToldAndNotShown() throws IOException {
        Files.writeString(directory.resolve("token"), "password: secret\nmore\n");
        PodAccount account = PodAccount.of(directory, SERVER);
        assertThatThrownBy(() -> account.read("/api")).isInstanceOf(IOException.class)
                .hasMessageContaining(directory.resolve("token") + " holds no token").hasMessageNotContaining("secret");
    }

    @Test
    void aServerIsNotBelievedWithoutItsAuthorities() throws IOException {
        Files.writeString(directory.resolve("token"), "a.b.c\n");
        Files.writeString(directory.resolve("ca.crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n");
        PodAccount account = PodAccount.of(directory, SERVER);
        assertThatThrownBy(() -> account.read("/api")).isInstanceOf(IOException.class)
                .hasMessageContaining(directory.resolve("ca.crt") + " holds no authorities");
    }

    @Test
    void saysWhatIsNoServer() {
        for (String host : new String[] {"", "a b"}) {
            Map<String, String> environment = Map.of("KUBERNETES_SERVICE_HOST", host, "KUBERNETES_SERVICE_PORT", "443");
            assertThatThrownBy(() -> PodAccount.of(directory, environment)).isInstanceOf(UsageFailure.class)
                    .hasMessageContaining("is no API server");
        }
        assertThatThrownBy(() -> PodAccount.of(directory, Map.of("KUBERNETES_SERVICE_HOST", "10.43.0.1")))
                .isInstanceOf(UsageFailure.class).hasMessageContaining("set KUBERNETES_SERVICE_HOST");
    }
}

package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `k3s certificate rotate` beside a server or agent that does not run: what goes, and what is kept of it.
class CertificateRotationTest {
    private static final Host HOST = new Host("n1", true, "/root", List.of(), List.of(),
            Instant.ofEpochSecond(1_700_000_000), Map.of(), Path.of("/proc/sys"), line -> {
                throw new IOException(line.getFirst());
            });
    @TempDir
    Path data;

    private int rotate(String... more) {
        List<String> line = new ArrayList<>(List.of("rotate", "--data-dir", data.toString()));
        line.addAll(List.of(more));
        return CertificateCommand.run(line, HOST);
    }

    private void write(String... names) throws IOException {
        for (String name : names) {
            Path file = data.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
    }

    @Test
    void theCertificatesOfAnAgentGoAndCopiesStay() throws IOException {
        write("agent/client-kubelet.crt", "agent/client-kubelet.key", "agent/serving-kubelet.crt",
                "agent/client-kube-proxy.key", "agent/client-k3s-controller.crt", "agent/server-ca.crt");
        assertThat(rotate()).isZero();
        assertThat(data.resolve("agent").toFile().list()).containsExactlyInAnyOrder("tls-1700000000", "server-ca.crt");
        assertThat(data.resolve("agent/tls-1700000000").toFile().list()).containsExactlyInAnyOrder(
                "client-kubelet.crt", "client-kubelet.key", "serving-kubelet.crt", "client-kube-proxy.key",
                "client-k3s-controller.crt");
        assertThat(data.resolve("server")).doesNotExist();
    }

    @Test
    void thoseOfAServersNodeAreKeptBesideItsOwn() throws IOException {
        write("server/tls/client-admin.crt", "server/tls/etcd/client.key", "server/tls/server-ca.key",
                "server/tls/client-kubelet.key", "agent/client-kubelet.crt", "agent/client-kubelet.key");
        assertThat(rotate()).isZero();
        Path copies = data.resolve("server/tls-1700000000");
        assertThat(copies.resolve("agent/client-kubelet.key")).hasContent("agent/client-kubelet.key");
        assertThat(copies.resolve("client-kubelet.key")).hasContent("server/tls/client-kubelet.key");
        assertThat(copies.resolve("etcd/client.key")).hasContent("server/tls/etcd/client.key");
        assertThat(data.resolve("agent").toFile().list()).isEmpty();
        assertThat(data.resolve("server/tls").toFile().list()).containsExactlyInAnyOrder("etcd", "server-ca.key",
                "client-kubelet.key", "dynamic-cert-regenerate");
    }

    @Test
    void onlyTheServicesNamedAreRotated() throws IOException {
        write("agent/client-kubelet.crt", "agent/client-kube-proxy.crt");
        assertThat(rotate("--service", "kubelet")).isZero();
        assertThat(data.resolve("agent/client-kube-proxy.crt")).exists();
        assertThat(data.resolve("agent/client-kubelet.crt")).doesNotExist();
        assertThatThrownBy(() -> rotate("--service", "nobody")).isInstanceOf(UsageFailure.class);
    }

    @Test
    void aServiceThatIsNotThereIsNoFailure() throws IOException {
        write("agent/client-kubelet.crt");
        assertThat(rotate("--service", "etcd")).isZero();
        assertThat(data.resolve("agent").toFile().list()).containsExactly("client-kubelet.crt");
    }

    @Test
    void aDirectoryWithoutCertificatesIsTold() {
        assertThatThrownBy(this::rotate).hasMessageContaining("no certificates in " + data);
    }
}

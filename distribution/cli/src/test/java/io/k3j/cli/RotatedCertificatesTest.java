package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// What `k3s certificate rotate` tells beside a server that runs.
class RotatedCertificatesTest {
    @Test
    void tellsTheCertificatesThatWereMade() {
        RotatedCertificates rotated = RotatedCertificates
                .of("{\"files\":[\"server/tls/client-admin.crt\"],\"left\":[],\"listener\":true}\n");
        assertThat(rotated.lines()).hasSize(3).startsWith("Rotated server/tls/client-admin.crt",
                "Rotated the certificate of the server's port").last().asString().startsWith("Successfully rotated");
        assertThat(rotated.advice()).isEmpty();
    }

    /// A server with `--disable-apiserver` has a node that has joined like any other.
    @Test
    void tellsNoSuccessForThoseThatWereLeft() {
        RotatedCertificates rotated = RotatedCertificates
                .of("{\"files\":[],\"left\":[\"agent/client-kubelet.crt\"],\"listener\":false}");
        assertThat(rotated.lines()).isEmpty();
        assertThat(rotated.advice()).contains("not rotated: agent/client-kubelet.crt", "stop the server");
    }

    @Test
    void aServerThatDoesNotSayItIsNoSuccess() {
        assertThatThrownBy(() -> RotatedCertificates.of("")).isInstanceOf(UsageFailure.class)
                .hasMessageContaining("certificate check");
    }
}

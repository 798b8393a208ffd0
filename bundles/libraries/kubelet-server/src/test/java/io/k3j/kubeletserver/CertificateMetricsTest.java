package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.CertificateExpiration;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateMetricsTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
    @TempDir
    private Path directory;
    private Instant now = MADE;
    private final CertificateAuthority authority = CertificateAuthority.selfSigned("k3s-server", Keys.elliptic(),
            MADE, RANDOM);
    private final CertificateMetrics metrics = new CertificateMetrics(() -> now);

    private void write(String file, Instant made) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, Pem.encode(List.of(authority.sign(
                Profile.server("node-1", List.of("node-1"), List.of()), Keys.elliptic().getPublic(), made, RANDOM))));
    }

    private List<String> told() {
        metrics.set(CertificateExpiration.read(directory).certificates());
        return metrics.text().lines().filter(l -> !l.startsWith("#")).toList();
    }

    private static long seconds(String line) {
        return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    }

    @Test
    void eachCertificateIsToldUntilItsEndAndAfterIt() throws Exception {
        assertThat(told()).isEmpty();
        write("agent/serving-kubelet.crt", MADE);
        List<String> lines = told();
        assertThat(lines).singleElement().asString()
                .startsWith("k3s_certificate_expiration_seconds{subject=\"CN=node-1\",usages=\"ServerAuth\"} ");
        long before = seconds(lines.getFirst());
        assertThat(before).isEqualTo(Duration.ofDays(365).toSeconds());
        now = now.plus(Duration.ofDays(366));
        assertThat(seconds(metrics.text().lines().toList().getLast())).isEqualTo(before - 366 * 86_400L).isNegative();
    }

    @Test
    void ofTwoThatAreNamedAlikeTheFirstToEndIsToldAndAuthoritiesAreToo() throws Exception {
        write("agent/serving-kubelet.crt", MADE);
        write("server/tls/serving-kube-apiserver.crt", MADE.plus(Duration.ofDays(9)));
        Files.writeString(directory.resolve("server/tls/server-ca.crt"), Pem.encode(authority.chain()));
        Files.writeString(directory.resolve("server/tls/client-ca.crt"), "damaged");
        List<String> lines = told();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).contains("subject=\"CN=k3s-server-ca@1767225600\",usages=\"CertSign\"");
        assertThat(seconds(lines.getLast())).isEqualTo(Duration.ofDays(365).toSeconds());
    }
}

package io.k3j.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.pki.CertificateExpiration.Notice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of certificates that end soon, in K3s' words.
class CertificateExpirationTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LEAF_ENDS = MADE.plus(Profile.YEAR);
    private static final Instant AUTHORITY_ENDS = MADE.plus(CertificateAuthority.TEN_YEARS);
    private static final String NODES = "Node certificates require attention - restart k3s on this node to trigger"
            + " automatic rotation: ";
    private static final String SIGNERS = "Certificate Authority certificates require attention - check k3s"
            + " documentation and begin planning rotation: ";
    private static final Notice FINE = new Notice(false, "CertificateExpirationOK",
            "Node and Certificate Authority certificates managed by k3s are OK");
    @TempDir
    private Path directory;
    private final CertificateAuthority authority = CertificateAuthority.selfSigned("k3s-client", Keys.elliptic(), MADE,
            RANDOM);
    private final X509Certificate leaf = authority.sign(Profile.client("system:node:n", "system:nodes"),
            Keys.elliptic().getPublic(), MADE, RANDOM);

    private void write(String file, X509Certificate... all) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, Pem.encode(List.of(all)));
    }

    private List<Notice> at(Instant now) {
        return CertificateExpiration.read(directory).notices(now, false);
    }

    private static Notice nodes(String lines) {
        return new Notice(true, "CertificateExpirationWarning", NODES + lines);
    }

    private static Notice signers(String lines) {
        return new Notice(true, "CACertificateExpirationWarning", SIGNERS + lines);
    }

    @Test
    void aLeafIsWarnedOfFrom120DaysBeforeItsEndOn() throws Exception {
        write("agent/client-kubelet.crt", leaf);
        String name = "kubelet/client-kubelet.crt: certificate CN=system:node:n,O=system:nodes ";
        Instant begin = LEAF_ENDS.minus(Duration.ofDays(120));
        assertThat(at(begin)).isEmpty();
        Notice soon = nodes(name + "will expire within 120 days at 2027-01-01T00:00:00Z");
        assertThat(at(begin.plusSeconds(1))).containsExactly(soon);
        assertThat(at(LEAF_ENDS)).containsExactly(soon);
        assertThat(at(LEAF_ENDS.plusSeconds(1))).containsExactly(nodes(name + "expired at 2027-01-01T00:00:00Z"));
        assertThat(at(MADE.minusSeconds(1)))
                .containsExactly(nodes(name + "is not valid before 2026-01-01T00:00:00Z"));
    }

    @Test
    void anAuthorityIsWarnedOfFromAYearBeforeItsEndOnInTheOrderOfFiles() throws Exception {
        List<String> expected = new ArrayList<>();
        for (String file : List.of("server-ca", "client-ca", "request-header-ca", "etcd/peer-ca", "etcd/server-ca")) {
            write("server/tls/" + file + ".crt", authority.certificate());
            expected.add("certificate-authority/" + file.substring(file.indexOf('/') + 1)
                    + ".crt: certificate CN=k3s-client-ca@1767225600 will expire within 365 days at "
                    + AUTHORITY_ENDS);
        }
        Instant begin = AUTHORITY_ENDS.minus(Duration.ofDays(365));
        assertThat(at(begin)).isEmpty();
        assertThat(at(begin.plusSeconds(1))).containsExactly(signers(String.join("\n", expected)));
    }

    @Test
    void thatAllIsWellIsSaidAtTheFirstLookOnly() throws Exception {
        write("agent/client-kubelet.crt", leaf);
        CertificateExpiration found = CertificateExpiration.read(directory);
        assertThat(found.notices(MADE, true)).containsExactly(FINE);
        assertThat(found.notices(MADE, false)).isEmpty();
        assertThat(found.notices(LEAF_ENDS, true)).doesNotContain(FINE).hasSize(1);
    }

    @Test
    void eachCertificateOfAFileCountsAndADamagedFileIsPassedOver() throws Exception {
        write("agent/client-kubelet.crt", leaf, authority.certificate());
        write("server/tls/server-ca.crt", authority.certificate());
        Files.writeString(directory.resolve("server/tls/client-ca.crt"),
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        CertificateExpiration found = CertificateExpiration.read(directory);
        assertThat(found.certificates()).containsExactly(leaf, authority.certificate(), authority.certificate());
        assertThat(found.unreadable()).singleElement().asString().contains("client-ca.crt");
        List<Notice> after = at(AUTHORITY_ENDS.plusSeconds(1));
        assertThat(after).extracting(Notice::reason).containsExactly("CertificateExpirationWarning",
                "CACertificateExpirationWarning");
        assertThat(after.getFirst().message().substring(NODES.length()).lines()).hasSize(2)
                .allMatch(line -> line.startsWith("kubelet/client-kubelet.crt: certificate ")
                        && line.contains(" expired at "));
    }

    @Test
    void aMachineWithoutCertificatesIsWell() {
        CertificateExpiration found = CertificateExpiration.read(directory);
        assertThat(found.certificates()).isEmpty();
        assertThat(found.notices(MADE, true)).containsExactly(FINE);
    }
}

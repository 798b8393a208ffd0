package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

/// What `k3s certificate check` prints is what programs that read K3s' output expect.
class CertificateTextTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    private static CertificateLine line(String file, Duration begins, Duration ends) {
        return new CertificateLine(file, "system:admin", "k3s-client-ca@1", List.of("ClientAuth"), NOW.plus(begins),
                NOW.plus(ends), NOW);
    }

    private static final List<CertificateLine> LINES = List.of(
            line("a.crt", Duration.ofDays(-1), Duration.ofDays(365)),
            line("b.crt", Duration.ofDays(-1), Duration.ofDays(30)),
            line("c.crt", Duration.ofDays(-9), Duration.ofHours(-50)),
            line("d.crt", Duration.ofDays(2), Duration.ofDays(300)));

    @Test
    void asSentences() {
        assertThat(CertificateText.text(LINES)).isEqualTo("""
                a.crt: certificate system:admin (ClientAuth) is ok, expires at 2027-11-20T10:00:00Z
                b.crt: certificate system:admin (ClientAuth) will expire within 120 days at 2026-12-20T10:00:00Z
                c.crt: certificate system:admin (ClientAuth) expired at 2026-11-18T08:00:00Z
                d.crt: certificate system:admin (ClientAuth) is not valid before 2026-11-22T10:00:00Z
                """);
    }

    @Test
    void asTable() {
        assertThat(CertificateText.table(LINES)).isEqualTo("""

                FILENAME   SUBJECT        USAGES       EXPIRES                  RESIDUAL TIME   STATUS
                --------   -------        ------       -------                  -------------   ------
                a.crt      system:admin   ClientAuth   Nov 20, 2027 10:00 UTC   1 year          OK
                b.crt      system:admin   ClientAuth   Dec 20, 2026 10:00 UTC   1 month         WARNING
                c.crt      system:admin   ClientAuth   Nov 18, 2026 08:00 UTC   2 days          EXPIRED
                d.crt      system:admin   ClientAuth   Nov 22, 2026 10:00 UTC   10 months       NOT YET VALID
                """);
    }

    @Test
    void asJsonAndYaml() {
        assertThat(CertificateText.json(LINES.subList(1, 2))).isEqualTo("{\"Certificates\":[{\"Filename\":\"b.crt\","
                + "\"Subject\":\"system:admin\",\"Issuer\":\"k3s-client-ca@1\",\"Usages\":[\"ClientAuth\"],"
                + "\"ExpiryTime\":\"2026-12-20T10:00:00Z\",\"ResidualTime\":2592000000000000,"
                + "\"Status\":\"WARNING\"}]}");
        assertThat(CertificateText.yaml(LINES.subList(1, 3))).isEqualTo("""
                certificates:
                - filename: b.crt
                  subject: system:admin
                  issuer: k3s-client-ca@1
                  usages:
                  - ClientAuth
                  expirytime: 2026-12-20T10:00:00Z
                  residualtime: 720h0m0s
                  status: WARNING
                - filename: c.crt
                  subject: system:admin
                  issuer: k3s-client-ca@1
                  usages:
                  - ClientAuth
                  expirytime: 2026-11-18T08:00:00Z
                  residualtime: -50h0m0s
                  status: EXPIRED
                """);
    }

    @Test
    void namesAreTheCommonNamesAlone() {
        assertThat(CommonName.of(new X500Principal("CN=system:node:a, O=system:nodes"))).isEqualTo("system:node:a");
        assertThat(CommonName.of(new X500Principal("O=\"a, b\", CN=\"c, d\""))).isEqualTo("c, d");
        assertThat(CommonName.of(new X500Principal("O=a"))).isEmpty();
    }
}

package io.k3j.localpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Profile;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPathEndpointTest {
    private final LocalPathEndpoint endpoint = new LocalPathEndpoint();
    @TempDir
    Path dir;

    private static X509Certificate certificate(String user) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        CertificateAuthority ca = CertificateAuthority.selfSigned("k3s-client", Keys.elliptic(), now, new Random(1));
        return ca.sign(Profile.client(user), Keys.elliptic().getPublic(), now, new Random(2));
    }

    private FakeExchange ask(String user, String method, String path, String body) throws IOException {
        FakeExchange exchange = new FakeExchange(method, path).body(body.getBytes(StandardCharsets.UTF_8));
        endpoint.serve(user.isEmpty() ? exchange : exchange.certified(certificate(user)));
        return exchange;
    }

    private String body(String action, String parent, String name) {
        return "{\"action\":\"" + action + "\",\"parent\":\"" + parent + "\",\"name\":\"" + name + "\"}";
    }

    private int status(String body) throws IOException {
        return ask(LocalPathEndpoint.PROVISIONER, "POST", "/local-path", body).status();
    }

    @Test
    void makesAndDeletesForTheProvisioner() throws IOException {
        assertThat(status(body("make", dir.toString(), "pvc-1_n_c"))).isEqualTo(200);
        assertThat(status(body("make", dir.toString(), "pvc-1_n_c"))).as("again").isEqualTo(200);
        assertThat(dir.resolve("pvc-1_n_c")).isDirectory();
        assertThat(status(body("delete", dir.toString(), "pvc-1_n_c"))).isEqualTo(200);
        assertThat(status(body("delete", dir.toString(), "pvc-1_n_c"))).as("again").isEqualTo(200);
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void doesNothingForAnybodyElse() throws IOException {
        for (String user : new String[] {"", "system:apiserver", "system:node:n1", "admin"}) {
            assertThat(ask(user, "POST", "/local-path", body("make", dir.toString(), "x")).status()).as(user)
                    .isEqualTo(403);
        }
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void refusesWhatIsNotPlain() throws IOException {
        String[] wrong = {"", "[]", "{}", body("make", "relative", "x"), body("make", "/", "x"),
                body("make", dir + "/../x", "x"), body("make", dir.toString(), "../x"),
                body("make", dir.toString(), ""),
                body("empty", dir.toString(), "x")};
        for (String body : wrong) {
            assertThat(status(body)).as(body).isEqualTo(400);
        }
        assertThat(ask(LocalPathEndpoint.PROVISIONER, "GET", "/local-path", "").status()).isEqualTo(405);
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void saysWhatStandsInTheWay() throws IOException {
        Files.createFile(dir.resolve("pvc-1"));
        FakeExchange exchange = ask(LocalPathEndpoint.PROVISIONER, "POST", "/local-path",
                body("make", dir.toString(), "pvc-1"));
        assertThat(exchange.status()).isEqualTo(500);
        assertThat(exchange.answer()).contains("is no directory");
    }
}

package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.ingressresources.BackendTls;
import io.k3j.ingressresources.BackendTrust;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Pods that want TLS, through real sockets.
class BackendTlsTest {
    private static final String GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final char[] PASSWORD = "x".toCharArray();
    private final CertificateAuthority authority = authority();
    private Rig rig;

    @BeforeEach
    void begin() throws IOException {
        rig = new Rig();
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    private static CertificateAuthority authority() {
        return CertificateAuthority.selfSigned("test", Keys.elliptic(), Instant.now(), RANDOM);
    }

    /// A pod whose certificate is for a name.
    private int pod(String name) throws IOException, GeneralSecurityException {
        KeyPair pair = Keys.elliptic();
        X509Certificate certificate = authority.sign(Profile.server("pod", List.of(name), List.of()),
                pair.getPublic(), Instant.now(), RANDOM);
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        store.setKeyEntry("pod", pair.getPrivate(), PASSWORD, new X509Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return rig.echo(context);
    }

    private static Obj secret(String field, CertificateAuthority believed) {
        String text = Base64.getEncoder()
                .encodeToString(Pem.encode(believed.chain()).getBytes(StandardCharsets.US_ASCII));
        return Obj.stored(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("namespace", "default", "name", "ca", "uid", "u"), "data", Struct.of(field, text)), 1);
    }

    private static BackendTls believing(CertificateAuthority believed, String name) {
        return BackendTls.of(new BackendTrust(Optional.of(new Key("default", "ca")), name, false),
                Optional.of(secret("ca.crt", believed)));
    }

    private String answer() throws IOException {
        try (RawHttp client = rig.client()) {
            return client.send(GET).answer();
        }
    }

    @Test
    void aPodIsAskedOverTlsAgainAndAgainOnItsConnection() throws IOException, GeneralSecurityException {
        rig.to(believing(authority, "web.default.svc"), pod("web.default.svc"));
        try (RawHttp client = rig.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(GET).answer()).startsWith("HTTP/1.1 200").endsWith("hello");
            }
            String large = "x".repeat(1_000_000);
            assertThat(client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\n" + large)
                    .answer()).endsWith(large);
        }
    }

    @Test
    void whoeverHasAnotherNameOrAuthorityGetsNoRequest() throws IOException, GeneralSecurityException {
        int pod = pod("other.default.svc");
        rig.to(believing(authority, "web.default.svc"), pod);
        assertThat(answer()).startsWith("HTTP/1.1 502").contains("certificate that is believed");
        rig.to(believing(authority(), "other.default.svc"), pod);
        assertThat(answer()).startsWith("HTTP/1.1 502");
        rig.to(BackendTls.of(new BackendTrust(Optional.empty(), "other.default.svc", false), Optional.empty()), pod);
        assertThat(answer()).startsWith("HTTP/1.1 502");
        assertThat(rig.seen).isEmpty();
    }

    @Test
    void aConnectionIsNotUsedByAServiceThatBelievesOthers() throws IOException, GeneralSecurityException {
        int pod = pod("web.default.svc");
        rig.to(believing(authority, "web.default.svc"), pod);
        // the loops have a connection each
        for (int i = 0; i < 8; i++) {
            assertThat(answer()).startsWith("HTTP/1.1 200");
        }
        rig.to(believing(authority(), "web.default.svc"), pod);
        assertThat(answer()).startsWith("HTTP/1.1 502");
        rig.to(pod);
        assertThat(answer()).doesNotContain("hello");
    }

    @Test
    void nothingIsVerifiedOnlyWhereTheServiceSaysSo() throws IOException, GeneralSecurityException {
        rig.to(BackendTls.of(new BackendTrust(Optional.empty(), "web.default.svc", true), Optional.empty()),
                pod("other.test"));
        assertThat(answer()).endsWith("hello");
    }
}

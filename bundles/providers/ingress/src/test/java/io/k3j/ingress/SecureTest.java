package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// TLS through real sockets, and what Secrets may hold.
class SecureTest {
    private static final Key SECRET = new Key("default", "s");
    private static final SecureRandom RANDOM = new SecureRandom();
    private final CertificateAuthority authority = CertificateAuthority.selfSigned("test", Keys.elliptic(),
            Instant.now(), RANDOM);
    private Rig rig;

    @BeforeEach
    void begin() throws IOException {
        rig = new Rig();
        rig.to(rig.echo());
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    private Obj secret(String name, KeyPair pair, KeyPair key, long revision) {
        String chain = Pem.encode(List.of(authority.sign(Profile.server(name, List.of("a.test"), List.of()),
                pair.getPublic(), Instant.now(), RANDOM)));
        return secret(chain, Pem.encode(key), revision);
    }

    private static Obj secret(String chain, String key, long revision) {
        return Obj.stored(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("namespace", "default", "name", "s", "uid", "u"), "data",
                Struct.of("tls.crt", base64(chain), "tls.key", base64(key))), revision);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private Map<Key, String> use(Obj secret) {
        return rig.certificates.use(Map.of("a.test", List.of(SECRET)), k -> Optional.of(secret));
    }

    /// A connection that asks for a name and believes everything.
    private SSLSocket connect(String name) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Gullible()}, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(),
                rig.websecure());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private String shown(String name) throws IOException, GeneralSecurityException {
        try (SSLSocket socket = connect(name)) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
        }
    }

    @Test
    void aNameIsShownTheCertificateOfItsSecretWhateverItsKey() throws IOException, GeneralSecurityException {
        KeyPair elliptic = Keys.elliptic();
        KeyPair rsa = Keys.rsa();
        assertThat(use(secret("first", elliptic, elliptic, 1))).isEmpty();
        assertThat(shown("a.test")).isEqualTo("CN=first");
        assertThat(use(secret("second", rsa, rsa, 2))).isEmpty();
        assertThat(shown("A.test")).isEqualTo("CN=second");
        assertThat(shown("b.test")).isEqualTo("CN=TRAEFIK DEFAULT CERT");
    }

    @Test
    void connectionsGoOnWhenTheCertificateChanges() throws IOException, GeneralSecurityException {
        KeyPair pair = Keys.elliptic();
        use(secret("first", pair, pair, 1));
        try (SSLSocket socket = connect("a.test")) {
            RawHttp client = new RawHttp(socket);
            String get = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
            assertThat(client.send(get).answer()).endsWith("hello");
            use(secret("second", pair, pair, 2));
            assertThat(client.send(get).answer()).endsWith("hello");
            assertThat(shown("a.test")).isEqualTo("CN=second");
        }
    }

    @Test
    void aDamagedSecretIsToldAndItsLastGoodCertificateServed() throws IOException, GeneralSecurityException {
        KeyPair pair = Keys.elliptic();
        use(secret("good", pair, pair, 1));
        assertThat(use(secret("foreign", pair, Keys.elliptic(), 2)).get(SECRET)).contains("tls.key is not the key",
                "the one before is served on");
        assertThat(use(secret("", Pem.encode(pair), 3)).get(SECRET)).contains("0 certificates");
        assertThat(use(secret("-----BEGIN CERTIFICATE-----\nx\n", "", 4)).get(SECRET)).contains("PEM");
        assertThat(shown("a.test")).isEqualTo("CN=good");
        assertThat(rig.certificates.use(Map.of("a.test", List.of(SECRET)), k -> Optional.empty()).get(SECRET))
                .contains("does not exist");
        assertThat(shown("a.test")).isEqualTo("CN=TRAEFIK DEFAULT CERT");
    }

    @Test
    void aSecretThatIsNotThereKeepsNoNameFromTheNextOne() throws IOException, GeneralSecurityException {
        KeyPair pair = Keys.elliptic();
        Obj good = secret("good", pair, pair, 1);
        Key absent = new Key("default", "absent");
        assertThat(rig.certificates.use(Map.of("a.test", List.of(absent, SECRET)),
                key -> key.equals(SECRET) ? Optional.of(good) : Optional.empty())).containsOnlyKeys(absent);
        assertThat(shown("a.test")).isEqualTo("CN=good");
    }

    @Test
    void nothingOfAKeyIsInAMessage() {
        KeyPair pair = Keys.elliptic();
        String key = Pem.encode(pair).replaceFirst("....\n-----END", "!!!!\n-----END");
        assertThat(use(secret(Pem.encode(authority.chain()), key, 1)).get(SECRET)).endsWith("tls.key cannot be read");
    }

    private static final class Gullible implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new IllegalStateException("not a server");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            assertThat(chain).isNotEmpty();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

package io.k3j.pki;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Against a server in another's place, which answers what it wants.
class ClusterAccessTest {
    private final SecureRandom random = new SecureRandom();
    private final Queue<String> credentials = new ConcurrentLinkedQueue<>();
    private final Queue<String> authorities = new ConcurrentLinkedQueue<>();
    private CertificateAuthority attacker;
    private HttpsServer server;

    @BeforeEach
    void listen() throws Exception {
        attacker = CertificateAuthority.selfSigned("attacker", Keys.elliptic(), Instant.now(), random);
        KeyPair keys = Keys.elliptic();
        X509Certificate shown = attacker.sign(Profile.server("k3s", List.of("localhost"),
                List.of(InetAddress.getByName("127.0.0.1"))), keys.getPublic(), Instant.now(), random);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", keys.getPrivate(), new char[0], new X509Certificate[] {shown, attacker
                .certificate()});
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            String sent = exchange.getRequestHeaders().getFirst("Authorization");
            if (sent != null) {
                credentials.add(sent);
            }
            byte[] body = (authorities.size() > 1 ? authorities.remove() : authorities.element()).getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void join(String token) throws IOException {
        try (ClusterAccess access = ClusterAccess.of("https://127.0.0.1:" + server.getAddress().getPort(), token,
                "server")) {
            access.get("/v1-k3s/server-bootstrap");
        }
    }

    @Test
    void trustsOnlyTheAuthorityThatTheTokenHasTheHashOf() throws Exception {
        CertificateAuthority real = CertificateAuthority.selfSigned("k3s-server", Keys.elliptic(), Instant.now(),
                random);
        String token = "K10" + ClusterToken.caHash(Pem.encode(real.chain())) + "::server:s3cret";
        // first what its certificate is signed by, then what fits the token
        authorities.add(Pem.encode(attacker.chain()));
        authorities.add(Pem.encode(real.chain()));
        assertThatThrownBy(() -> join(token)).isInstanceOf(IOException.class)
                .hasMessageContaining("token CA hash does not match the Cluster CA certificate hash");
        assertThat(credentials).isEmpty();
    }

    @Test
    void sendsTheCredentialsToTheServerOfTheToken() throws Exception {
        authorities.add(Pem.encode(attacker.chain()));
        join("K10" + ClusterToken.caHash(Pem.encode(attacker.chain())) + "::server:s3cret");
        assertThat(credentials).hasSize(1);
    }

    /// Also that the connection is closed, or closing the client would wait for the body.
    @Test
    @Timeout(120)
    void anAnswerThatStopsInItsBodyIsGivenUp() throws Exception {
        authorities.add(Pem.encode(attacker.chain()));
        server.createContext("/stalls", exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
        });
        String token = "K10" + ClusterToken.caHash(Pem.encode(attacker.chain())) + "::server:s3cret";
        try (ClusterAccess access = ClusterAccess.of("https://127.0.0.1:" + server.getAddress().getPort(), token,
                "server")) {
            assertThatThrownBy(() -> access.put("/stalls", "{}", Duration.ofMillis(500)))
                    .isInstanceOf(IOException.class).hasMessageContaining("no answer from")
                    .hasMessageContaining("timed out");
        }
    }
}

package io.k3j.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Client certificates, and the server names reported to the certificate source.
@Timeout(120)
class CertificateTest {
    private TestPort port;

    @BeforeEach
    void start() throws Exception {
        port = TestPort.start();
    }

    @AfterEach
    void stop() {
        port.close();
    }

    private String anonymously(Version version) throws Exception {
        try (HttpClient client = TestPort.client(version, port.anonymous())) {
            return client.send(HttpRequest.newBuilder(URI.create(port.url("/"))).build(), BodyHandlers.ofString())
                    .body();
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void identifiesAClientByItsCertificate(Version version) throws Exception {
        port.serve("/", exchange -> exchange.respond(200, Map.of(), (exchange.clientCertificates().isEmpty() ? "nobody"
                : exchange.clientCertificates().getFirst().getSubjectX500Principal().getName()).getBytes(UTF_8)));
        SSLContext admin = port.as(port.clientAuthority, "system:admin", "system:masters");
        HttpRequest get = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
        try (HttpClient client = TestPort.client(version, admin)) {
            assertThat(client.send(get, BodyHandlers.ofString()).body()).isEqualTo("CN=system:admin,O=system:masters");
        }
        try (HttpClient client = TestPort.client(version, admin)) {
            assertThat(client.send(get, BodyHandlers.ofString()).body()).as("resumed session")
                    .isEqualTo("CN=system:admin,O=system:masters");
        }
        assertThat(anonymously(version)).isEqualTo("nobody");
    }

    private void assertAnonymous(SSLContext shown) throws Exception {
        port.serve("/", exchange -> exchange.respond(200, Map.of(),
                Integer.toString(exchange.clientCertificates().size()).getBytes(UTF_8)));
        HttpRequest get = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
        for (String session : List.of("new", "resumed")) {
            for (Version version : Version.values()) {
                try (HttpClient client = TestPort.client(version, shown)) {
                    assertThat(client.send(get, BodyHandlers.ofString()).body()).as(session).isEqualTo("0");
                }
            }
        }
    }

    private String[] asked(SSLContext shown, Version version) throws Exception {
        port.serve("/", exchange -> exchange.respond(200, Map.of(), (exchange.clientCertificates().size() + " "
                + exchange.frontProxyCertificates().size()).getBytes(UTF_8)));
        try (HttpClient client = TestPort.client(version, shown)) {
            return client.send(HttpRequest.newBuilder(URI.create(port.url("/"))).build(), BodyHandlers.ofString())
                    .body().split(" ");
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void aFrontProxyIsNoClientAndAClientNoFrontProxy(Version version) throws Exception {
        CertificateAuthority proxies = CertificateAuthority.selfSigned("k3s-request-header", Keys.elliptic(),
                Instant.now(), new SecureRandom());
        SSLContext proxy = port.as(proxies, "system:auth-proxy");
        SSLContext admin = port.as(port.clientAuthority, "system:auth-proxy", "system:masters");
        assertThat(asked(proxy, version)).as("before its authority is known").containsExactly("0", "0");
        port.proxyAuthorities(List.of(proxies.certificate()));
        assertThat(asked(proxy, version)).containsExactly("0", "1");
        assertThat(asked(admin, version)).containsExactly("1", "0");
        port.ahead = Duration.ofDays(366);
        assertThat(asked(proxy, version)).as("after its end").containsExactly("0", "0");
    }

    /// Operators may have one authority for everything; then names tell.
    @Test
    void whomOneAuthorityForBothVouchesForIsAClientAndMayBeAFrontProxy() throws Exception {
        port.proxyAuthorities(port.clientAuthority.chain());
        assertThat(asked(port.as(port.clientAuthority, "system:admin", "system:masters"), Version.HTTP_2))
                .containsExactly("1", "1");
    }

    @Test
    void ignoresACertificateOfAnotherAuthority() throws Exception {
        assertAnonymous(port.as(port.serverAuthority, "system:admin", "system:masters"));
    }

    @Test
    void ignoresACertificateOfAnAuthorityThatHasOnlyTheSameName() throws Exception {
        Instant made = port.clientAuthority.certificate().getNotBefore().toInstant();
        CertificateAuthority forged = CertificateAuthority.selfSigned("k3s-client", Keys.elliptic(), made,
                new SecureRandom());
        assertThat(forged.certificate().getSubjectX500Principal())
                .isEqualTo(port.clientAuthority.certificate().getSubjectX500Principal());
        assertAnonymous(port.as(forged, "system:admin", "system:masters"));
    }

    @Test
    void ignoresAnExpiredCertificate() throws Exception {
        assertAnonymous(port.as(port.clientAuthority, Instant.now().minus(Duration.ofDays(366)), "system:admin",
                "system:masters"));
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void aCertificateThatExpiresDuringAConnectionCountsNoMore(Version version) throws Exception {
        port.serve("/", exchange -> exchange.respond(200, Map.of(), (exchange.remote().getPort() + " "
                + exchange.clientCertificates().size()).getBytes(UTF_8)));
        HttpRequest get = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
        try (HttpClient client = TestPort.client(version, port.as(port.clientAuthority, "system:admin"))) {
            String before = client.send(get, BodyHandlers.ofString()).body();
            assertThat(before).endsWith(" 1");
            port.ahead = Duration.ofDays(366);
            assertThat(client.send(get, BodyHandlers.ofString()).body()).as("on the same connection")
                    .isEqualTo(before.replace(" 1", " 0"));
        }
    }

    @Test
    void oneNameHoldsAQuarterOfThePortAndOthersGetIn() throws Exception {
        try (TestPort small = TestPort.holding(16)) {
            small.serve("/", exchange -> exchange.respond(200, Map.of()));
            List<Socket> held = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                held.add(answered(small, node(small), 'H'));
            }
            answered(small, node(small), -1).close();
            answered(small, small.as(small.clientAuthority, "system:node:b", "system:nodes"), 'H').close();
            answered(small, small.anonymous(), 'H').close();
            held.removeFirst().close();
            Waiting.until("the place is free", () -> {
                try (SSLSocket again = connected(small, node(small))) {
                    return first(again) == 'H';
                }
            });
            for (Socket open : held) {
                open.close();
            }
        }
    }

    /// Whoever has stolen it from one node keeps no other from its Services.
    @Test
    void aNameThatAllNodesHaveIsCountedForEachAddress() throws Exception {
        try (TestPort small = TestPort.holding(16)) {
            small.serve("/", exchange -> exchange.respond(200, Map.of()));
            SSLContext proxy = small.as(small.clientAuthority, "system:kube-proxy");
            List<Socket> held = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                held.add(answered(small, proxy, 'H'));
            }
            answered(small, proxy, -1).close();
            try (SSLSocket elsewhere = (SSLSocket) proxy.getSocketFactory().createSocket(
                    InetAddress.ofLiteral("127.0.0.1"), small.number(), InetAddress.ofLiteral("127.0.0.2"), 0)) {
                elsewhere.setSoTimeout(60_000);
                assertThat(first(elsewhere)).isEqualTo('H');
            }
            for (Socket open : held) {
                open.close();
            }
        }
    }

    /// Each time with another key.
    private static SSLContext node(TestPort of) {
        return of.as(of.clientAuthority, "system:node:a", "system:nodes");
    }

    private static Socket answered(TestPort by, SSLContext as, int first) throws IOException {
        SSLSocket socket = connected(by, as);
        assertThat(first(socket)).isEqualTo(first);
        return socket;
    }

    private static SSLSocket connected(TestPort to, SSLContext as) throws IOException {
        SSLSocket socket = (SSLSocket) as.getSocketFactory().createSocket("localhost", to.number());
        socket.setSoTimeout(60_000);
        return socket;
    }

    /// The first byte of an answer; -1 when the connection is closed instead.
    private static int first(SSLSocket socket) {
        try {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
            return socket.getInputStream().read();
        } catch (IOException closed) {
            return -1;
        }
    }

    @Test
    void resumesNoSessionAfterAuthoritiesChange() throws Exception {
        port.serve("/", exchange -> exchange.respond(200, Map.of(),
                Integer.toString(exchange.clientCertificates().size()).getBytes(UTF_8)));
        SSLContext admin = port.as(port.clientAuthority, "system:admin", "system:masters");
        HttpRequest get = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
        try (HttpClient client = TestPort.client(Version.HTTP_2, admin)) {
            assertThat(client.send(get, BodyHandlers.ofString()).body()).isEqualTo("1");
        }
        port.authorities(port.serverAuthority.chain());
        try (HttpClient client = TestPort.client(Version.HTTP_2, admin)) {
            assertThat(client.send(get, BodyHandlers.ofString()).body()).isEqualTo("0");
        }
    }

    @Test
    void reportsTheRequestedServerName() throws Exception {
        port.serve("/", exchange -> exchange.respond(200, Map.of()));
        anonymously(Version.HTTP_2);
        // it is told by a thread of its own, maybe after the answer
        Waiting.until("the name is told", () -> port.asked.get() != null);
        assertThat(port.asked.get()).isEqualTo("localhost");
    }
}

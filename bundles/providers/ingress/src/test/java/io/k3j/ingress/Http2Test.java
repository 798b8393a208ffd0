package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.ingressresources.BackendTls;
import io.k3j.ingressresources.BackendTrust;
import io.k3j.ingressresources.Endpoints;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// HTTP/2 of clients over TLS, and of endpoints with and without it: there another proxy is the endpoint, which takes
/// HTTP/2 by ALPN, or by its preface.
class Http2Test {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private Rig rig;
    private Rig endpoint;
    private CertificateAuthority authority;
    private HttpClient client;

    @BeforeEach
    void begin() throws IOException, GeneralSecurityException {
        rig = new Rig();
        endpoint = new Rig();
        KeyPair pair = Keys.elliptic();
        SecureRandom random = new SecureRandom();
        authority = CertificateAuthority.selfSigned("t", Keys.elliptic(), Instant.now(), random);
        String chain = Pem.encode(List.of(authority.sign(Profile.server("x", List.of("localhost"), List.of()),
                pair.getPublic(), Instant.now(), random)));
        Obj secret = Obj.stored(Struct.of("metadata", Struct.of("namespace", "default", "name", "s", "uid", "u"),
                "data", Struct.of("tls.crt", base64(chain), "tls.key", base64(Pem.encode(pair)))), 1);
        assertThat(
                rig.certificates.use(Map.of("localhost", List.of(new Key("default", "s"))), k -> Optional.of(secret)))
                .isEmpty();
        // the same as a pod's
        endpoint.certificates.use(Map.of("localhost", List.of(new Key("default", "s"))), k -> Optional.of(secret));
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("t", authority.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        client = HttpClient.newBuilder().sslContext(context).version(HttpClient.Version.HTTP_2).build();
    }

    @AfterEach
    void end() throws Exception {
        client.shutdownNow();
        rig.close();
        endpoint.close();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + rig.websecure() + path)).timeout(LIMIT);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void streamsBecomeRequestsOfHttp11() throws IOException, InterruptedException {
        rig.to(rig.echo());
        HttpResponse<String> answer = send(request("/x?y").build());
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.body()).isEqualTo("hello");
        String head = rig.seen.poll(60, TimeUnit.SECONDS);
        assertThat(head).startsWith("GET /x?y\n").containsIgnoringCase("x-forwarded-proto: https\n")
                .doesNotContainIgnoringCase("x-http2").doesNotContainIgnoringCase("transfer-encoding");
        String large = "x".repeat(3_000_000);
        assertThat(send(request("/").POST(HttpRequest.BodyPublishers.ofString(large)).build()).body())
                .isEqualTo(large);
    }

    @Test
    void manyStreamsOfOneConnectionAreAnsweredSideBySide() throws IOException {
        rig.to(rig.echo());
        assertThat(client.sendAsync(request("/").build(), HttpResponse.BodyHandlers.ofString()).join().body())
                .isEqualTo("hello");
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(client.sendAsync(request("/" + i).build(), HttpResponse.BodyHandlers.ofString()));
        }
        all.forEach(a -> assertThat(a.join().body()).isEqualTo("hello"));
        assertThat(rig.metricsWith("protocol=\"http2\"} 201")).contains("method=\"GET\",protocol=\"http2\"} 201");
    }

    @Test
    void refusalsEndTheStreamOnly() throws IOException, InterruptedException {
        assertThat(send(request("/").build()).statusCode()).isEqualTo(503);
        rig.to(1);
        assertThat(send(request("/").POST(HttpRequest.BodyPublishers.ofString("abc")).build()).statusCode())
                .isEqualTo(502);
        rig.to(rig.echo());
        assertThat(send(request("/").build()).body()).isEqualTo("hello");
    }

    @Test
    void anEndpointIsSpokenToInHttp2() throws IOException, InterruptedException {
        endpoint.to(endpoint.echo());
        rig.to(Endpoints.Scheme.H2C, endpoint.web());
        assertThat(send(request("/").build()).body()).isEqualTo("hello");
        String large = "y".repeat(3_000_000);
        assertThat(send(request("/").POST(HttpRequest.BodyPublishers.ofString(large)).build()).body())
                .isEqualTo(large);
        assertThat(endpoint.metricsWith("method=\"POST\",protocol=\"http2\"} 1"))
                .contains("method=\"GET\",protocol=\"http2\"} 1").doesNotContain("protocol=\"http\"");
    }

    @Test
    void manyFirstRequestsFindAnEndpointThatSpeaksHttp2() throws IOException, InterruptedException {
        rig.to(rig.echo());
        assertThat(send(request("/").build()).body()).isEqualTo("hello");
        endpoint.to(endpoint.echo());
        rig.to(Endpoints.Scheme.H2C, endpoint.web());
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(client.sendAsync(request("/" + i).build(), HttpResponse.BodyHandlers.ofString()));
        }
        all.forEach(a -> assertThat(a.join().body()).isEqualTo("hello"));
    }

    /// Requests of all clients share a connection to an endpoint that speaks HTTP/2, and its window.
    @Test
    void clientsThatReadNothingDoNotHoldOthersBack() throws IOException {
        AtomicLong written = new AtomicLong();
        endpoint.to(endpoint.scripted((in, out) -> {
            byte[] some = new byte[64 * 1024];
            while (true) {
                boolean large = RawHttp.head(in).startsWith("GET /large");
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + (large ? 1_000_000_000 : 5) + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                while (large && written.addAndGet(some.length) > 0) {
                    out.write(some);
                }
                out.write("hello".getBytes(StandardCharsets.US_ASCII));
            }
        }));
        rig.to(Endpoints.Scheme.H2C, endpoint.web());
        List<Socket> stalled = new ArrayList<>();
        // three for each event loop
        for (int i = 0; i < 6; i++) {
            Socket socket = RawHttp.narrow(rig.web());
            stalled.add(socket);
            socket.getOutputStream().write("GET /large HTTP/1.1\r\nHost: a.test\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        }
        long before;
        do {
            before = written.get();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
        } while (before != written.get() || before == 0);
        for (int i = 0; i < 4; i++) {
            try (RawHttp other = rig.client()) {
                assertThat(other.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").answer()).endsWith("hello");
            }
        }
        for (Socket socket : stalled) {
            socket.close();
        }
    }

    @Test
    void trailersArriveAsGrpcNeedsThem() throws IOException {
        endpoint.to(endpoint.scripted((in, out) -> {
            String te = RawHttp.head(in).contains("te: trailers") ? "yes" : "no!";
            out.write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Grpc-Status\r\n\r\n3\r\n" + te
                    + "\r\n0\r\nGrpc-Status: 7\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        }));
        rig.to(Endpoints.Scheme.H2C, endpoint.web());
        try (RawHttp plain = rig.client()) {
            assertThat(plain.send("GET / HTTP/1.1\r\nHost: localhost\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n")
                    .rest().toLowerCase(Locale.ROOT)).contains("yes", "grpc-status: 7");
        }
    }

    /// Who believes the endpoint when it shows the certificate of this name.
    private BackendTls believing(String name) {
        Obj secret = Obj.stored(Struct.of("metadata", Struct.of("namespace", "default", "name", "ca", "uid", "c"),
                "data", Struct.of("ca.crt", base64(Pem.encode(authority.chain())))), 1);
        return BackendTls.of(new BackendTrust(Optional.of(new Key("default", "ca")), name, false),
                Optional.of(secret));
    }

    @Test
    void anEndpointThatChoosesHttp2IsSpokenToInItOverTls() throws IOException, InterruptedException {
        endpoint.to(endpoint.echo());
        rig.to(believing("localhost"), endpoint.websecure());
        assertThat(send(request("/").build()).body()).isEqualTo("hello");
        String large = "y".repeat(3_000_000);
        assertThat(send(request("/").POST(HttpRequest.BodyPublishers.ofString(large)).build()).body())
                .isEqualTo(large);
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(client.sendAsync(request("/" + i).build(), HttpResponse.BodyHandlers.ofString()));
        }
        all.forEach(a -> assertThat(a.join().body()).isEqualTo("hello"));
        assertThat(endpoint.metricsWith("method=\"GET\",protocol=\"http2\"} 201"))
                .contains("entrypoint=\"websecure\",method=\"POST\",protocol=\"http2\"} 1")
                .doesNotContain("protocol=\"http\"");
    }

    @Test
    void requestsShareAConnectionOverTls() throws IOException, InterruptedException {
        endpoint.to(endpoint.echo());
        rig.to(believing("localhost"), endpoint.websecure());
        for (int i = 0; i < 20; i++) {
            assertThat(send(request("/" + i).build()).body()).isEqualTo("hello");
        }
        assertThat(endpoint.metrics.text())
                .containsPattern("traefik_open_connections\\{[^}]*websecure[^}]*} 1\n");
    }

    @Test
    void trailersArriveOverTlsAsGrpcNeedsThem() throws IOException {
        endpoint.to(endpoint.scripted((in, out) -> {
            String te = RawHttp.head(in).contains("te: trailers") ? "yes" : "no!";
            out.write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Grpc-Status\r\n\r\n3\r\n" + te
                    + "\r\n0\r\nGrpc-Status: 7\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        }));
        rig.to(believing("localhost"), endpoint.websecure());
        try (RawHttp plain = rig.client()) {
            assertThat(plain.send("GET / HTTP/1.1\r\nHost: localhost\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n")
                    .rest().toLowerCase(Locale.ROOT)).contains("yes", "grpc-status: 7");
        }
        assertThat(endpoint.metricsWith("protocol=\"http2\"} 1")).doesNotContain("protocol=\"http\"");
    }

    @Test
    void whatChangesItsConnectionGoesOverHttp11ToAnEndpointThatSpeaksHttp2Too() throws IOException,
            InterruptedException {
        endpoint.to(endpoint.echo());
        rig.to(believing("localhost"), endpoint.websecure());
        assertThat(send(request("/").build()).body()).isEqualTo("hello");
        endpoint.to(endpoint.scripted((in, out) -> {
            RawHttp.head(in);
            out.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi"
                    .getBytes(StandardCharsets.US_ASCII));
            in.transferTo(out);
        }));
        try (RawHttp plain = rig.client()) {
            assertThat(plain.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket"
                    + "\r\n\r\n").answer()).startsWith("HTTP/1.1 101");
        }
    }

    @Test
    void anEndpointThatIsNotBelievedGetsNoStream() throws IOException, InterruptedException {
        endpoint.to(endpoint.echo());
        rig.to(believing("localhost"), endpoint.websecure());
        assertThat(send(request("/").build()).body()).isEqualTo("hello");
        // the connection that is there believes by another Service's word
        rig.to(believing("other.test"), endpoint.websecure());
        assertThat(send(request("/").build()).statusCode()).isEqualTo(502);
        assertThat(endpoint.seen).hasSize(1);
    }

    @Test
    void anAnswerThatBreaksOffResetsTheStream() throws IOException {
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".getBytes(StandardCharsets.US_ASCII));
        }));
        assertThat(client.sendAsync(request("/").build(), HttpResponse.BodyHandlers.ofString()))
                .failsWithin(LIMIT).withThrowableOfType(ExecutionException.class)
                .satisfies(e -> assertThat(e.getCause()).isNotInstanceOf(HttpTimeoutException.class));
    }
}

package io.k3j.imageregistries;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A registry that wants a login, behind a proxy that wants one as well. The test plays both.
@Timeout(120)
class RelayProxyTest {
    private static final String MANIFEST = "{}";
    /// `me:secret`.
    private static final String REGISTRYS = "Basic bWU6c2VjcmV0";
    /// `node:pass`.
    private static final String PROXYS = "Basic bm9kZTpwYXNz";
    @TempDir
    private Path directory;
    private HttpServer proxy;
    private PullFailures failures;

    @BeforeEach
    void listen() throws IOException {
        proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", RelayProxyTest::answer);
        proxy.start();
        failures = new PullFailures();
    }

    @AfterEach
    void close() {
        proxy.stop(0);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String login = exchange.getRequestHeaders().getFirst("Proxy-Authorization");
        String shown = exchange.getRequestHeaders().getFirst("Authorization");
        byte[] body = MANIFEST.getBytes(StandardCharsets.US_ASCII);
        if (!PROXYS.equals(login)) {
            exchange.getResponseHeaders().set("Proxy-Authenticate", "Basic realm=\"proxy\"");
            exchange.sendResponseHeaders(407, -1);
        } else if (!REGISTRYS.equals(shown)) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"registry\"");
            exchange.sendResponseHeaders(401, -1);
        } else {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private FakeExchange pull(String login) throws Exception {
        Path yaml = Files.writeString(directory.resolve("registries.yaml"), """
                mirrors: {any.example: {endpoint: ["http://registry.example"], rewrite: {"^none": x}}}
                configs: {registry.example: {auth: {username: me, password: secret}}}
                """);
        HostsDirectory hosts = new HostsDirectory(directory.resolve("certs.d"),
                new HostsDirectory.Relay("https://127.0.0.1:10250", Path.of("/ca"), "t0ken"), Optional.empty());
        RegistriesFile file = new RegistriesFile(yaml, true, hosts);
        assertThat(file.refresh()).isEmpty();
        try (RelayEndpoint relay = new RelayEndpoint(file, hosts, failures,
                Map.of("HTTP_PROXY", "http://" + login + "@127.0.0.1:" + proxy.getAddress().getPort()),
                InstantSource.system())) {
            FakeExchange exchange = new FakeExchange("GET", "/v2/team/app/manifests/1?ns=any.example")
                    .with("x-k3s-relay", "t0ken");
            relay.serve(exchange);
            return exchange;
        }
    }

    private String reasons() {
        return String.join("; ", failures.of(ImageName.parse("any.example/team/app:1")));
    }

    @Test
    void eachIsShownItsOwnLogin() throws Exception {
        FakeExchange answer = pull("node:pass");
        assertThat(answer.status()).as(reasons()).isEqualTo(200);
        assertThat(answer.bytes()).isEqualTo(MANIFEST.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aProxyThatRefusesItsLoginIsTold() throws Exception {
        assertThat(pull("node:wrong").status()).isEqualTo(502);
        assertThat(reasons()).contains("proxy 127.0.0.1:" + proxy.getAddress().getPort() + " refused the login (407)")
                .doesNotContain("wrong");
    }
}

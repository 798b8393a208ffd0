package io.k3j.webhookclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import io.k3j.testkithttps.HttpsPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which way leads to the webhook of a kubeconfig, and who must be at its end.
class WebhookRouteTest {
    private static final String NAME = "hook.example.com";
    private static final byte[] QUESTION = "{}".getBytes(StandardCharsets.UTF_8);
    @TempDir
    private Path directory;
    /// The names that clients have asked for.
    private final List<String> names = new CopyOnWriteArrayList<>();
    private HttpsPort server;

    @BeforeEach
    void serve() throws Exception {
        server = new HttpsPort("hooks", NAME).at("/", this::answer).started();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            ExtendedSSLSession session = (ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession();
            names.add(session.getRequestedServerNames().toString());
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
        }
    }

    /// @param authorities PEM, beside those of the server
    private void post(String cluster, String authorities) throws IOException, CallFailure {
        String data = Base64.getEncoder().encodeToString(
                (server.authorities() + authorities).getBytes(StandardCharsets.UTF_8));
        Path file = Files.writeString(directory.resolve("hook.kubeconfig"), """
                clusters: [{name: hook, cluster: {%s, certificate-authority-data: %s}}]
                users: [{name: asker, user: {token: secret}}]
                contexts: [{name: it, context: {cluster: hook, user: asker}}]
                current-context: it
                """.formatted(cluster, data));
        try (KubeconfigClient client = new KubeconfigClient(WebhookKubeconfig.read(file, Map.of()),
                new KubeconfigClient.Settings("test", 1_000))) {
            client.post(QUESTION, Duration.ofMinutes(1));
            client.post(QUESTION, Duration.ofMinutes(1));
        }
    }

    private String named() {
        return "server: \"https://" + NAME + ":" + server.number() + "\"";
    }

    @Test
    void theServerMustHaveTheNameThatIsGiven() throws Exception {
        post("server: \"" + server.url() + "\", tls-server-name: " + NAME, "");
        assertThat(names).hasSize(2).allMatch(name -> name.contains(NAME));
        // its certificate has the name of its address, which does not count then
        assertThatThrownBy(() -> post("server: \"" + server.url() + "\", tls-server-name: other.example.com", ""))
                .isInstanceOf(CallFailure.class).hasMessageContaining("other.example.com");
        assertThat(names).hasSize(2);
    }

    @Test
    void aProxyIsAskedForAConnectionOnceForSeveralRequests() throws Exception {
        try (TestProxy proxy = TestProxy.plain()) {
            post(named() + ", proxy-url: \"http://me:pass%20word@127.0.0.1:" + proxy.port() + "\"", "");
            assertThat(proxy.asked).containsExactly("CONNECT " + NAME + ":" + server.number()
                    + " HTTP/1.1 Basic bWU6cGFzcyB3b3Jk");
        }
        assertThat(names).hasSize(2).allMatch(name -> name.contains(NAME));
    }

    @Test
    void aProxyMayBeOneOfHttps() throws Exception {
        try (TestProxy proxy = TestProxy.secured("localhost")) {
            String cluster = named() + ", proxy-url: \"https://localhost:" + proxy.port() + "\"";
            post(cluster, proxy.authorities());
            assertThat(proxy.asked).containsExactly("CONNECT " + NAME + ":" + server.number() + " HTTP/1.1 ");
            assertThatThrownBy(() -> post(cluster, "")).isInstanceOf(CallFailure.class);
            assertThat(proxy.asked).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "me:secret"})
    void aProxyMayBeOneOfSocks(String login) throws Exception {
        try (TestProxy proxy = TestProxy.plain()) {
            post(named() + ", proxy-url: \"socks5://" + (login.isEmpty() ? "" : login + "@") + "127.0.0.1:"
                    + proxy.port() + "\"", "");
            assertThat(proxy.asked).containsExactly("SOCKS " + NAME + ":" + server.number() + " " + login);
        }
        assertThat(names).hasSize(2);
    }

    @Test
    void addressesAreNoNamesForSocks() throws Exception {
        try (TestProxy proxy = TestProxy.plain()) {
            post("server: \"https://127.0.0.1:" + server.number() + "\", proxy-url: \"socks5://127.0.0.1:"
                    + proxy.port() + "\"", "");
            assertThat(proxy.asked).containsExactly("SOCKS 127.0.0.1:" + server.number() + " ");
        }
    }

    /// And no credential goes out in the clear but the one for the proxy.
    @Test
    void whatGoesInTheClearGoesToTheProxyWhole() throws Exception {
        try (TestProxy proxy = TestProxy.plain()) {
            post("server: \"http://" + NAME + "/hook\", proxy-url: \"http://me:x@127.0.0.1:" + proxy.port() + "\"", "");
            assertThat(proxy.asked).hasSize(2).allMatch(("POST http://" + NAME
                    + "/hook?timeout=60s HTTP/1.1 Basic bWU6eA==")::equals);
        }
    }

    /// Whatever a proxy answers, at the end of the way must be the server.
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 101 Other\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: http://localhost/\r\n\r\n", "HTTP/1.1 204 No\r\n\r\n", "hello\r\n\r\n"})
    void aProxyThatLiesLearnsNothing(String answer) throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> heard = threads.submit(() -> {
                try (Socket socket = listening.accept()) {
                    return heard(socket, answer);
                }
            });
            assertThatThrownBy(() -> post(named() + ", proxy-url: \"http://127.0.0.1:" + listening.getLocalPort()
                    + "\"", "")).isInstanceOf(CallFailure.class);
            assertThat(heard.get()).startsWith("CONNECT " + NAME).doesNotContain("secret", "POST");
        }
        assertThat(names).isEmpty();
    }

    /// All that comes, with an answer behind the first empty line.
    private static String heard(Socket socket, String answer) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (!all.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            all.write(in.read());
        }
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        try {
            in.transferTo(all);
        } catch (IOException reset) {
            // the other side has left something unread
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /// Of a name with several addresses one from which nothing comes takes not all the time.
    @ParameterizedTest
    @CsvSource({"60000,1,30000", "60000,3,10000", "9000,2,4500", "3000,3,2000", "1000,3,1000", "0,1,1", "-5,3,1"})
    void eachAddressHasItsShareOfTheTime(long left, int addresses, int millis) {
        assertThat(WebhookRoute.millis(TimeUnit.MILLISECONDS.toNanos(left), addresses)).isEqualTo(millis);
    }

    @Test
    void aProxyThatRefusesIsTold() throws Exception {
        try (TestProxy proxy = TestProxy.plain().refusing()) {
            String to = "127.0.0.1:" + proxy.port();
            assertThatThrownBy(() -> post(named() + ", proxy-url: \"http://me:hidden@" + to + "\"", ""))
                    .hasMessageEndingWith("proxyconnect tcp: proxy " + to + " refused the login (407)")
                    .hasMessageNotContaining("hidden");
            assertThatThrownBy(() -> post(named() + ", proxy-url: \"socks5://" + to + "\"", ""))
                    .hasMessageEndingWith("unknown error connection not allowed by ruleset");
        }
        assertThat(names).isEmpty();
    }
}

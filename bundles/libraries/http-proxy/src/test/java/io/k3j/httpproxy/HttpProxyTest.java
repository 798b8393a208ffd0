package io.k3j.httpproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpProxyTest {
    private static final HttpProxy PROXY = new HttpProxy("proxy", 3128, "");

    @Test
    void theEnvironmentNamesOneForEachScheme() {
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://proxy:3128", "http_proxy", "other");
        assertThat(HttpProxy.of(environment, URI.create("https://s3.example"))).contains(PROXY);
        assertThat(HttpProxy.of(environment, URI.create("http://s3.example"))).contains(
                new HttpProxy("other", 80, ""));
        assertThat(HttpProxy.of(Map.of(), URI.create("https://s3.example"))).isEmpty();
    }

    @Test
    void itsLoginIsReadAndNotShown() {
        HttpProxy proxy = HttpProxy.parse("--etcd-s3-proxy", "http://me:p%40ss@proxy:3128");
        assertThat(proxy.login()).isEqualTo("me:p@ss");
        assertThat(proxy).hasToString("proxy proxy:3128");
    }

    /// What a proxy and the server behind it are shown that answer this status.
    private static List<String> shown(int status, String login, String... headers) throws Exception {
        List<String> shown = new CopyOnWriteArrayList<>();
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            shown.add(exchange.getRequestHeaders().getFirst("Proxy-Authorization") + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.getResponseHeaders().set(status == 401 ? "WWW-Authenticate" : "Proxy-Authenticate",
                    "Basic realm=\"r\"");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        proxy.start();
        try {
            shown.add(Integer.toString(asked(new HttpProxy("127.0.0.1", proxy.getAddress().getPort(), login),
                    "http://server.invalid/", headers)));
        } finally {
            proxy.stop(0);
        }
        return shown;
    }

    private static int asked(HttpProxy proxy, String url, String... headers) throws Exception {
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        proxy.on(builder);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (headers.length > 0) {
            request.headers(headers);
        }
        proxy.on(request);
        try (HttpClient client = builder.build()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    @Test
    void aServerBehindItThatWantsALoginIsHeardAndNotShownItsLogin() throws Exception {
        assertThat(shown(401, "me:secret")).containsExactly("Basic bWU6c2VjcmV0 null", "401");
    }

    @Test
    void whatAServerIsShownStaysBesideWhatTheProxyIsShown() throws Exception {
        assertThat(shown(200, "me:secret", "Authorization", "Basic eDp5")).containsExactly(
                "Basic bWU6c2VjcmV0 Basic eDp5", "200");
    }

    @Test
    void aProxyThatRefusesIsHeard() throws Exception {
        assertThat(shown(HttpProxy.LOGIN_REFUSED, "me:wrong")).containsExactly("Basic bWU6d3Jvbmc= null", "407");
        assertThat(new HttpProxy("proxy", 3128, "me:wrong").refusal()).isEqualTo(
                "proxy proxy:3128 refused the login (407)");
        assertThat(PROXY.refusal()).contains("wants a login");
    }

    @Test
    void whoeverMakesATunnelIsShownTheLoginThere() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> head = CompletableFuture.supplyAsync(() -> refused(listening));
            assertThat(asked(new HttpProxy("127.0.0.1", listening.getLocalPort(), "me:wrong"),
                    "https://server.invalid/", "Authorization", "Basic eDp5")).isEqualTo(HttpProxy.LOGIN_REFUSED);
            assertThat(head.join()).startsWith("CONNECT server.invalid:443 HTTP/1.1\n")
                    .contains("Proxy-Authorization: Basic bWU6d3Jvbmc=\n").doesNotContain("eDp5");
        }
    }

    private static String refused(ServerSocket listening) {
        try (Socket socket = listening.accept()) {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            StringBuilder head = new StringBuilder();
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                head.append(line).append('\n');
            }
            socket.getOutputStream().write(("HTTP/1.1 407 no\r\nProxy-Authenticate: Basic realm=\"r\"\r\n"
                    + "Content-Length: 0\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return head.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://me:secret@proxy:1080", "https://me:secret@proxy", "http://me:secret@", "a b"})
    void whatCannotBeUsedIsSaidWithoutItsLogin(String given) {
        assertThatThrownBy(() -> HttpProxy.parse("HTTPS_PROXY", given)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("HTTPS_PROXY names no proxy that can be used; write http://HOST:PORT")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {"s3.example https://s3.example:9000/b", "EXAMPLE https://s3.example",
            ".example https://s3.example", "*.example https://s3.example", "s3.example:443 https://s3.example",
            "a,*,b https://s3.example", "10.0.0.0/8 https://10.1.2.3", "10.1.2.3 http://10.1.2.3:9000",
            "10.1.2.3:9000 http://10.1.2.3:9000", "fd00::/8 https://[fd00::1]", "fd00::1 https://[fd00::1]:9000",
            "[fd00::1]:9000 https://[fd00::1]:9000", "x https://localhost:9000", "x https://127.0.0.2"})
    void hostsOfNoProxyAreGoneToStraight(String list, String target) {
        assertThat(new NoProxy(list).spares(URI.create(target))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {"3.example https://s3.example", ".s3.example https://s3.example",
            "s3.example:80 https://s3.example", "10.0.0.0/16 https://10.1.2.3", "10.1.2.3:80 http://10.1.2.3:9000",
            "10.0.0.0/x https://10.1.2.3", "10.0.0.0/999 https://10.1.2.3", "fd00::/8 https://10.1.2.3",
            ", https://s3.example"})
    void othersAreNot(String list, String target) {
        assertThat(new NoProxy(list).spares(URI.create(target))).isFalse();
    }
}

package io.k3j.httpproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
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

    @Test
    void theServerBehindItIsNotShownItsLogin() throws Exception {
        List<String> shown = new CopyOnWriteArrayList<>();
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            String login = exchange.getRequestHeaders().getFirst("Proxy-Authorization");
            shown.add(login + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            boolean known = login != null;
            exchange.getResponseHeaders().set(known ? "WWW-Authenticate" : "Proxy-Authenticate", "Basic realm=\"r\"");
            exchange.sendResponseHeaders(known ? 401 : 407, -1);
            exchange.close();
        });
        proxy.start();
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        new HttpProxy("127.0.0.1", proxy.getAddress().getPort(), "me:secret").on(builder);
        try (HttpClient client = builder.build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://server.invalid/")).build();
            assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.discarding()))
                    .isInstanceOf(IOException.class);
        } finally {
            proxy.stop(0);
        }
        assertThat(shown).containsExactly("null null", "Basic bWU6c2VjcmV0 null");
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

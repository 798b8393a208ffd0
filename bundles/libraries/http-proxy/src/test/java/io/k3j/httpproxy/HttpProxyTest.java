package io.k3j.httpproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
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

package io.k3j.ingressrouting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
    private static Optional<RequestTarget> of(String uri) {
        return RequestTarget.of(uri, "Example.COM:8080");
    }

    @Test
    void readsHostAndPath() {
        assertThat(of("/a/b?c=d").orElseThrow())
                .isEqualTo(new RequestTarget("example.com", "Example.COM:8080", "/a/b", "/a/b?c=d"));
    }

    @Test
    void aTargetWithHostCountsMoreThanTheHeader() {
        assertThat(of("http://other.test?x").orElseThrow())
                .isEqualTo(new RequestTarget("other.test", "other.test", "/", "/?x"));
    }

    @Test
    void routesByWhatTheEscapesMean() {
        assertThat(of("/%61dmin/%2fx/%c3").orElseThrow().path()).isEqualTo("/admin/%2Fx/%C3");
        assertThat(of("/%61dmin").orElseThrow().origin()).isEqualTo("/%61dmin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/group%2Fproject", "/@scope%2fname", "/a/..b", "/a/b..", "/a/.well-known", "/a;..", "/a;/b",
                    "/a%5Cb"})
    void slashesThatAreEscapedAndDotsInNamesStay(String uri) {
        assertThat(of(uri).orElseThrow().origin()).isEqualTo(uri);
    }

    @Test
    void aBackslashInTheQueryIsTheApplications() {
        RequestTarget target = of("/x?p=C:\\data").orElseThrow();
        assertThat(target.path()).isEqualTo("/x");
        assertThat(target.origin()).isEqualTo("/x?p=C:\\data");
        assertThat(of("/%61?p=\\").orElseThrow().origin()).isEqualTo("/%61?p=\\");
    }

    @Test
    void escapesBytesThatAClientHasNot() {
        assertThat(of("/\u00c3\u00bc").orElseThrow().origin()).isEqualTo("/%C3%BC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/../b", "/a/%2e%2E/b", "/..", "/./x", "/a/.", "/%zz",
            "/a/..%2Fb", "/a/%2e%2e%2fb", "/a/..%5cb", "/a/..;/b", "/a/..;x=1", "/a/.;/b", "/a/..%3bx/b", "/a%2f..",
            "/a%5C.%5Cb", "/%4", "/%00", "/a b", "/a#b", "/a\\b",
            "*", "a", "ftp://x/", "http:///x", "/\u0000"})
    void refusesWhatCouldBeUnderstoodInTwoWays(String uri) {
        assertThat(of(uri)).isEmpty();
    }

    /// What is plain is read in a shorter way, which must not find another path.
    @Test
    void theShortWayFindsWhatTheLongOneFinds() {
        String[] letters = "/ . % 2 e ? # \\ a \u00fc ; %2f %5C".split(" ");
        Random random = new Random(7);
        int found = 0;
        for (int i = 0; i < 100_000; i++) {
            StringBuilder uri = new StringBuilder("/");
            for (int length = random.nextInt(9); length > 0; length--) {
                uri.append(letters[random.nextInt(letters.length)]);
            }
            Optional<RequestTarget> target = RequestTarget.of(uri.toString(), "a.test");
            assertThat(target).as(uri.toString()).isEqualTo(RequestTarget.carefully(uri.toString(), "a.test"));
            found += target.isPresent() ? 1 : 0;
        }
        assertThat(found).isGreaterThan(10_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.test:", "a.test:8", "A.test.:80"})
    void knowsNamesWithAPortOrTheBeginningOfOne(String host) {
        assertThat(RequestTarget.of("/", host).orElseThrow().host()).isEqualTo("a.test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a/b", "a@b", "a:b", "a:123456", "a:1:2", "a:-1", "ü"})
    void refusesHostsThatAreNone(String host) {
        assertThat(RequestTarget.of("/", host)).isEmpty();
    }

    @Test
    void knowsAddressesAndFinalDots() {
        assertThat(RequestTarget.of("/", "[fd00::1]:80").orElseThrow().host()).isEqualTo("[fd00::1]");
        assertThat(RequestTarget.of("/", "a.test.").orElseThrow().host()).isEqualTo("a.test");
    }
}

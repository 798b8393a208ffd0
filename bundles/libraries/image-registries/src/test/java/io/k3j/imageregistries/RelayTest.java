package io.k3j.imageregistries;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitedge.FakeExchange;
import io.k3j.testkitregistry.TestImage;
import io.k3j.testkitregistry.TestRegistry;
import io.k3j.testkitregistry.TestRegistry.Login;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The relay against real registries.
@Timeout(120)
class RelayTest {
    private static final String LOCAL = "127.0.0.1";
    private static final TestImage IMAGE = TestImage.of("hello".getBytes(StandardCharsets.UTF_8));
    private static final String LAYER = IMAGE.blobs().keySet().iterator().next();
    @TempDir
    private Path directory;
    private TestRegistry registry;
    private TestRegistry other;
    private Path yaml;
    private RegistriesFile file;
    private PullFailures failures;
    private RelayEndpoint relay;

    @BeforeEach
    void start() throws Exception {
        registry = TestRegistry.tls(LOCAL).push("team/app", "1", IMAGE);
        other = TestRegistry.plain(LOCAL).push("other/app", "1", IMAGE).push("team/app", "1", IMAGE);
        yaml = directory.resolve("registries.yaml");
        Files.writeString(directory.resolve("ca.pem"), registry.authority());
        HostsDirectory hosts = new HostsDirectory(directory.resolve("certs.d"),
                new HostsDirectory.Relay("https://127.0.0.1:10250", Path.of("/ca"), "t0ken"), Optional.empty());
        file = new RegistriesFile(yaml, true, hosts);
        failures = new PullFailures();
        relay = new RelayEndpoint(file, hosts, failures, Map.of(), InstantSource.system());
    }

    @AfterEach
    void stop() {
        relay.close();
        registry.close();
        other.close();
    }

    private void configure(String text) throws IOException {
        Files.writeString(yaml, text.replace("REGISTRY", registry.url()).replace("OTHER", other.url())
                .replace("ADDRESS", registry.address()).replace("CA", directory.resolve("ca.pem").toString()));
        assertThat(file.refresh()).isEmpty();
    }

    private FakeExchange ask(String method, String rest, String... headers) throws IOException {
        FakeExchange exchange = new FakeExchange(method, "/v2/team/app/" + rest + "?ns=any.example")
                .with("x-k3s-relay", "t0ken");
        for (int i = 0; i < headers.length; i += 2) {
            exchange.with(headers[i], headers[i + 1]);
        }
        relay.serve(exchange);
        return exchange;
    }

    private static String basic(String login) {
        return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    private String reasons() {
        return String.join("; ", failures.of(ImageName.parse("any.example/team/app:1")));
    }

    @Test
    void onlyContainerdOfThisNodeIsAnswered() throws IOException {
        configure("");
        FakeExchange exchange = new FakeExchange("GET", "/v2/team/app/manifests/1?ns=any.example");
        relay.serve(exchange.with("x-k3s-relay", "t0kex"));
        assertThat(exchange.status()).isEqualTo(403);
        for (String path : List.of("/v2/", "/v2/team/../x/manifests/1", "/v2/a/manifests/../../x", "/v2/a/blobs/",
                "/v2/team/app/tags/list", "/v2/a%2f/manifests/1")) {
            FakeExchange wrong = new FakeExchange("GET", path + "?ns=any.example").with("x-k3s-relay", "t0ken");
            relay.serve(wrong);
            assertThat(wrong.status()).as(path).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @EnumSource(Login.class)
    void aLoginOfTheFileIsShown(Login how) throws IOException {
        registry.secured(how, "me", "secret");
        configure("""
                mirrors: {any.example: {endpoint: [REGISTRY]}}
                configs: {ADDRESS: {auth: %s, tls: {ca_file: CA}}}
                """.formatted(how == Login.IDENTITY ? "{identitytoken: secret}" : "{username: me, password: secret}"));
        FakeExchange head = ask("HEAD", "manifests/1");
        assertThat(head.status()).as(reasons()).isEqualTo(200);
        assertThat(head.answered()).containsEntry("docker-content-digest", TestImage.digest(IMAGE.manifest()))
                .containsEntry("content-length", Integer.toString(IMAGE.manifest().length));
        assertThat(ask("GET", "manifests/1").bytes()).isEqualTo(IMAGE.manifest());
        assertThat(ask("GET", "blobs/" + LAYER).bytes()).isEqualTo(IMAGE.blobs().get(LAYER));
        assertThat(registry.asked().stream().filter(a -> a.contains("/token"))).as("a token is asked for once")
                .hasSizeLessThanOrEqualTo(1);
        assertThat(registry.asked()).filteredOn(a -> a.contains("/v2/")).allMatch(a -> a.contains("ns=any.example"));
    }

    @ParameterizedTest
    @EnumSource(value = Login.class, names = {"BASIC", "TOKEN"})
    void aWrongPasswordIsToldWithoutIt(Login how) throws IOException {
        registry.secured(how, "me", "secret");
        configure("""
                mirrors: {any.example: {endpoint: [REGISTRY], rewrite: {"^none": x}}}
                configs: {ADDRESS: {auth: {username: me, password: hunter2}, tls: {ca_file: CA}}}
                """);
        assertThat(ask("GET", "manifests/1").status()).isIn(401, 502);
        assertThat(reasons()).contains(registry.url(), "user \"me\"", "401").doesNotContain("hunter2");
    }

    @ParameterizedTest
    @EnumSource(value = Login.class, names = {"BASIC", "TOKEN"})
    void whatAPodBringsIsPassedOn(Login how) throws Exception {
        registry.secured(how, "me", "secret");
        configure("""
                mirrors: {any.example: {endpoint: [REGISTRY], rewrite: {"^none": x}}}
                configs: {ADDRESS: {tls: {ca_file: CA}}}
                """);
        FakeExchange first = ask("HEAD", "manifests/1");
        assertThat(first.status()).isEqualTo(401);
        assertThat(first.answered().get("www-authenticate")).startsWith(how == Login.BASIC ? "Basic" : "Bearer");
        String shown = how == Login.BASIC ? basic("me:secret") : "Bearer " + token();
        assertThat(ask("GET", "manifests/1", "authorization", shown).status()).as(reasons()).isEqualTo(200);
    }

    /// As containerd gets one.
    private String token() throws Exception {
        var trust = io.k3j.pki.Trust.in(io.k3j.pki.Pem.certificates(registry.authority()));
        try (var client = java.net.http.HttpClient.newBuilder().sslContext(trust).build()) {
            var answer = client.send(java.net.http.HttpRequest.newBuilder(java.net.URI.create(registry.url()
                    + "/token?service=test")).header("authorization", basic("me:secret")).build(),
                    java.net.http.HttpResponse.BodyHandlers.ofString());
            return answer.body().split("\"")[3];
        }
    }

    @Test
    void aPodsTokenGoesNowhereElse() throws IOException {
        configure("mirrors: {any.example: {endpoint: [OTHER], rewrite: {'^none': x}}}");
        ask("GET", "manifests/1", "authorization", "Bearer stolen");
        assertThat(other.asked()).isNotEmpty().noneMatch(a -> a.contains(" as "));
    }

    @Test
    void aPodsPasswordGoesOnlyToWhoAskedForOne() throws IOException {
        registry.secured(Login.BASIC, "me", "secret");
        try (TestRegistry empty = TestRegistry.plain(LOCAL)) {
            configure("""
                    mirrors: {any.example: {endpoint: [%s, REGISTRY], rewrite: {'^none': x}}}
                    configs: {ADDRESS: {tls: {ca_file: CA}}}
                    """.formatted(empty.url()));
            assertThat(ask("HEAD", "manifests/1").status()).isEqualTo(401);
            assertThat(ask("GET", "manifests/1", "authorization", basic("me:secret")).status()).isEqualTo(200);
            assertThat(empty.asked()).hasSize(2).noneMatch(a -> a.contains(" as "));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Login.class, names = {"BASIC", "TOKEN"})
    void aLoginThatWasTakenOutOfTheFileIsNotShownAnyMore(Login how) throws IOException {
        registry.secured(how, "me", "secret");
        String text = """
                mirrors: {any.example: {endpoint: [REGISTRY], rewrite: {"^none": x}}}
                configs: {ADDRESS: {%s tls: {ca_file: CA}}}
                """;
        configure(text.formatted("auth: {username: me, password: secret},"));
        assertThat(ask("GET", "manifests/1").status()).isEqualTo(200);
        configure(text.formatted(""));
        assertThat(ask("GET", "manifests/1").status()).isEqualTo(401);
    }

    @Test
    void mirrorsAreAskedInOrderByTheirOwnNames() throws IOException {
        configure("""
                mirrors: {any.example: {endpoint: ["http://127.0.0.1:1", REGISTRY, OTHER], rewrite: {"^team/": other/}}}
                configs: {ADDRESS: {tls: {ca_file: CA}}}
                """);
        assertThat(ask("GET", "manifests/1").bytes()).isEqualTo(IMAGE.manifest());
        assertThat(registry.asked()).containsExactly("GET /v2/other/app/manifests/1?ns=any.example");
        assertThat(other.asked()).containsExactly("GET /v2/other/app/manifests/1?ns=any.example");
        assertThat(reasons()).contains("http://127.0.0.1:1/v2: cannot be reached",
                registry.url() + "/v2: other/app is not there (404)");
    }

    @Test
    void aWrongAuthorityIsTold() throws IOException {
        configure("mirrors: {any.example: {endpoint: [REGISTRY], rewrite: {'^none': x}}}");
        assertThat(ask("GET", "manifests/1").status()).isEqualTo(502);
        assertThat(reasons()).contains("certification path", "ca_file of configs.\"" + registry.address() + "\".tls");
    }

    @Test
    void aRedirectIsFollowedWithoutTheLogin() throws IOException {
        registry.secured(Login.BASIC, "me", "secret").redirecting("https://localhost:1");
        configure("""
                mirrors: {any.example: {endpoint: [REGISTRY]}}
                configs: {ADDRESS: {auth: {username: me, password: secret}, tls: {ca_file: CA}}}
                """);
        assertThat(ask("GET", "blobs/" + LAYER).status()).isEqualTo(502);
        registry.redirecting(other.url());
        ask("GET", "blobs/" + LAYER);
        assertThat(other.asked()).as("never from TLS to none").isEmpty();
        try (TestRegistry store = TestRegistry.plain(LOCAL).push("team/app", "1", IMAGE)) {
            other.secured(Login.BASIC, "me", "secret").redirecting(store.url());
            configure("""
                    mirrors: {any.example: {endpoint: [OTHER]}}
                    configs: {%s: {auth: {username: me, password: secret}}}
                    """.formatted(other.address()));
            assertThat(ask("GET", "blobs/" + LAYER).bytes()).isEqualTo(IMAGE.blobs().get(LAYER));
            assertThat(store.asked()).containsExactly("GET /v2/team/app/blobs/" + LAYER);
        }
    }

    @Test
    void aChangedFileCountsAtOnceAndADamagedOneNotAtAll() throws IOException {
        registry.secured(Login.BASIC, "me", "secret");
        String text = """
                mirrors: {any.example: {endpoint: [REGISTRY]}}
                configs: {ADDRESS: {auth: {username: me, password: %s}, tls: {ca_file: CA}}}
                """;
        configure(text.formatted("old"));
        assertThat(ask("GET", "manifests/1").status()).isEqualTo(401);
        configure(text.formatted("secret"));
        assertThat(ask("GET", "manifests/1").status()).isEqualTo(200);
        Files.writeString(yaml, "mirrors: [");
        assertThat(file.refresh()).contains(yaml.toString(), "read again by itself", "the one before goes on");
        assertThat(ask("GET", "manifests/1").status()).isEqualTo(200);
        Files.delete(yaml);
        assertThat(file.refresh()).isEmpty();
        try (Stream<Path> left = Files.list(directory.resolve("certs.d"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void filesOfOthersStay() throws IOException {
        Path own = Files.createDirectories(directory.resolve("certs.d/mine.example")).resolve("hosts.toml");
        Files.writeString(own, "server = \"https://x\"\n");
        configure("mirrors: {any.example: {endpoint: [OTHER]}}");
        assertThat(own).exists();
        assertThat(directory.resolve("certs.d/any.example/hosts.toml")).exists();
    }
}

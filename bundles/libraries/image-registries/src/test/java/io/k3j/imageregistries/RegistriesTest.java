package io.k3j.imageregistries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistriesTest {
    private static final HostsDirectory HOSTS = new HostsDirectory(Path.of("/certs.d"),
            new HostsDirectory.Relay("https://127.0.0.1:10250", Path.of("/agent/server-ca.crt"), "t0ken"),
            Optional.empty());
    private static final HostsDirectory WITH_NODES = new HostsDirectory(Path.of("/certs.d"), HOSTS.relay(),
            Optional.of(new HostsDirectory.Mirror("https://127.0.0.1:10250/p2p", Path.of("/agent/server-ca.crt"),
                    Path.of("/agent/node.crt"), Path.of("/agent/node.key"))));

    private static Registries parse(String yaml, boolean fallback) {
        return Registries.parse(yaml.getBytes(StandardCharsets.UTF_8), fallback);
    }

    private static List<String> bases(Registries all, String registry) {
        return all.endpoints(registry).stream().map(e -> e.base().toString()).toList();
    }

    @Test
    void theRegistryItselfIsAskedLast() {
        Registries all = parse("mirrors: {docker.io: {endpoint: [mirror.example:5000, 'http://b/', "
                + "'https://c/v2/proxy/', mirror.example:5000, 'https://registry-1.docker.io']}}", true);
        assertThat(bases(all, "docker.io")).containsExactly("https://mirror.example:5000/v2", "http://b/v2",
                "https://c/v2/proxy", "https://registry-1.docker.io/v2");
        assertThat(bases(all, "quay.io")).containsExactly("https://quay.io/v2");
    }

    @Test
    void withoutFallbackARegistryWithMirrorsIsNotAsked() {
        Registries all = parse("mirrors: {docker.io: {endpoint: [m.example]}, quay.io: {}}\n"
                + "configs: {ghcr.io: {tls: {ca_file: /ca}}}", false);
        assertThat(bases(all, "docker.io")).containsExactly("https://m.example/v2");
        assertThat(bases(all, "quay.io")).isEmpty();
        assertThat(bases(all, "ghcr.io")).containsExactly("https://ghcr.io/v2");
        assertThat(bases(all, "gcr.io")).containsExactly("https://gcr.io/v2");
    }

    @Test
    void theAsteriskIsForRegistriesWithoutAnEntry() {
        Registries all = parse("mirrors: {'*': {endpoint: [any.example]}, quay.io: {endpoint: [q.example]}}\n"
                + "configs: {ghcr.io: {tls: {ca_file: /ca}}, docker.io: null, '*': {tls: "
                + "{insecure_skip_verify: true}, auth: {username: u, password: p}}}", true);
        assertThat(bases(all, "docker.io")).containsExactly("https://any.example/v2",
                "https://registry-1.docker.io/v2");
        assertThat(bases(all, "quay.io")).containsExactly("https://q.example/v2", "https://quay.io/v2");
        assertThat(bases(all, "ghcr.io")).containsExactly("https://ghcr.io/v2");
        assertThat(all.access("any.example").tls().unverified()).isTrue();
        assertThat(all.access("any.example").login().given()).as("a login is for its host alone").isFalse();
        assertThat(all.access("docker.io").tls().unverified()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"^rancher/(.*)|mirror/$1|rancher/pause|mirror/pause",
            "(.*)|all/$1|library/nginx|all/library/nginx", "^(?P<o>\\w+)/|x/${o}_y/|rancher/pause|x/rancher_y/pause",
            "rancher|$$1|rancher/pause|$1/pause", "a|$1x|banana|bnn", "none|x|rancher/pause|rancher/pause",
            "a|b$|banana|bb$nb$nb$"})
    void rewritesAreGosOwn(String pattern, String to, String repository, String becomes) {
        assertThat(RepositoryRewrite.of(pattern, to).apply(repository)).isEqualTo(becomes);
    }

    @Test
    void theFirstRewriteThatChangesANameCounts() {
        Registries all = parse("mirrors: {docker.io: {endpoint: [m], rewrite: {'^x/': 'y/', '^rancher/(.*)': 'one/$1', "
                + "'rancher': 'two'}}}", true);
        assertThat(all.endpoints("docker.io").getFirst().rewritten("rancher/pause")).isEqualTo("one/pause");
        assertThat(all.endpoints("docker.io").getLast().rewritten("rancher/pause")).isEqualTo("rancher/pause");
    }

    @Test
    void allThatIsWrongIsToldAtOnceAndNothingSecret() {
        assertThatThrownBy(() -> parse("mirrors: {'a/../b': {}, quay.io: {endpoint: ['ftp://x', "
                + "'https://me:hunter2@h'], rewrite: {'(': x}}}\nconfigs: {m: {auth: {auth: aHVudGVyMg==}}}", true))
                .isInstanceOf(MalformedInput.class).hasMessageContaining("mirrors.\"a/../b\": is no host name")
                .hasMessageContaining("mirrors.\"quay.io\": rewrite \"(\"")
                .hasMessageContaining("configs.\"m\": auth is not the base64 of USER:PASSWORD")
                .hasMessageNotContaining("hunter2").hasMessageNotContaining("aHVudGVyMg");
        assertThatThrownBy(() -> parse("mirrors: {quay.io: {endpoint: ['https://me:hunter2@h']}}", true))
                .hasMessageContaining("https://…@h").hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> parse("configs: {m: {auth: {password: hunter2, }\n  ]", true))
                .hasMessageStartingWith("it is no valid YAML at line ").hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> parse("- a", true)).isInstanceOf(MalformedInput.class);
        assertThat(parse("", true).registries()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"mirrors: [docker.io]|mirrors has to be a mapping",
            "mirrors: {docker.io: 'https://m'}|mirrors.\"docker.io\": it has to be a mapping",
            "mirrors: {docker.io: {endpoint: 'https://m'}}|endpoint has to be a list of texts",
            "mirrors: {docker.io: {rewrite: {a: [470112]}}}|rewrite \"a\" has to be text",
            "configs: {m: {auth: {username: me, password: {a: 470112}}}}|password has to be text",
            "configs: {m: {tls: {insecure_skip_verify: 470112}}}|insecure_skip_verify has to be true or false",
            "configs: {m: {tls: {cert_file: /c}}}|one of cert_file and key_file"})
    void whatWasMeantIsNeverPassedOver(String yaml, String told) {
        assertThatThrownBy(() -> parse(yaml, true)).isInstanceOf(MalformedInput.class).hasMessageContaining(told)
                .hasMessageNotContaining("470112");
    }

    /// As K3s, whose fields are text.
    @ParameterizedTest
    @ValueSource(strings = {"0470112", "470112", "1e3", "0x10", "1_000", "yes", "true", "+1.50"})
    void whatLooksLikeANumberIsTheTextItIsWrittenAs(String written) {
        String config = "auth: {username: " + written + ", password: " + written + "}";
        assertThat(HostAccess.of((Struct) Yaml.written(config.getBytes(StandardCharsets.UTF_8))).login())
                .isEqualTo(new HostAccess.Login(written, written, ""));
        assertThat(parse("configs: {m: {auth: {username: me, password: " + written + "}}}", true).registries())
                .containsExactly("m");
    }

    @Test
    void misspeltFieldsAreTold() {
        assertThat(parse("mirrors: {a.io: {endpoints: [m], endpoint: null}}\nconfigs: {m: {auth: {user: me}, tls: "
                + "{ca: /x}}, n: }\nrewrites:", true).ignored()).containsExactlyInAnyOrder("rewrites",
                        "mirrors.\"a.io\".endpoints", "configs.\"m\".auth.user", "configs.\"m\".tls.ca");
    }

    @Test
    void containerdGoesItselfWhereNoLoginAndNoRewriteIsNeeded() {
        Map<String, String> files = HOSTS.files(parse("""
                mirrors:
                  docker.io: {endpoint: ["https://m.example:5000", "https://n.example/v2/hub"]}
                  "*": {endpoint: ["http://any.example"]}
                configs:
                  m.example:5000: {tls: {ca_file: /ca.pem, cert_file: /c.pem, key_file: /k.pem}}
                  own.example: {tls: {insecure_skip_verify: true}}
                """, true));
        assertThat(files).containsOnlyKeys("docker.io", "m.example:5000", "own.example", "_default");
        assertThat(files.get("docker.io")).isEqualTo("""
                # File generated by k3s. DO NOT EDIT.
                server = "https://registry-1.docker.io/v2"
                capabilities = ["push"]

                [host."https://m.example:5000/v2"]
                  capabilities = ["pull", "resolve"]
                  ca = "/ca.pem"
                  client = [["/c.pem", "/k.pem"]]

                [host."https://n.example/v2/hub"]
                  capabilities = ["pull", "resolve"]
                  override_path = true

                [host."https://registry-1.docker.io/v2"]
                  capabilities = ["pull", "resolve"]
                """);
        assertThat(files.get("own.example")).contains("[host.\"https://own.example/v2\"]", "skip_verify = true");
        assertThat(files.get("_default")).doesNotContain("server").contains("[host.\"http://any.example/v2\"]");
    }

    @Test
    void otherNodesAreAskedFirstForWhatIsShared() {
        Map<String, String> files = WITH_NODES.files(parse("""
                mirrors:
                  docker.io: {endpoint: ["https://m.example"]}
                  quay.io:
                  login.io:
                  localhost:5000: {endpoint: ["http://localhost:5001"]}
                configs:
                  login.io: {auth: {username: me, password: pw}}
                  only.io: {tls: {insecure_skip_verify: true}}
                """, true));
        String nodes = """

                [host."https://127.0.0.1:10250/p2p"]
                  capabilities = ["pull", "resolve"]
                  override_path = true
                  ca = "/agent/server-ca.crt"
                  client = [["/agent/node.crt", "/agent/node.key"]]
                """;
        assertThat(files.get("docker.io")).contains("capabilities = [\"push\"]\n" + nodes
                + "\n[host.\"https://m.example/v2\"]");
        assertThat(files.get("quay.io")).contains(nodes + "\n[host.\"https://quay.io/v2\"]");
        assertThat(files.get("login.io")).contains(nodes + "\n[host.\"https://127.0.0.1:10250/v2\"]");
        assertThat(files.get("only.io")).as("no entry under mirrors").doesNotContain("p2p");
        assertThat(files.get("localhost:5000")).as("another registry on each node").doesNotContain("p2p");
    }

    @Test
    void withTheAsteriskAloneContainerdGoesToRegistriesItself() {
        Registries all = parse("mirrors: {'*': }\nconfigs: {own.io: {tls: {ca_file: /ca}}}", true);
        assertThat(WITH_NODES.files(all).get("_default")).contains("/p2p").doesNotContain("server =", "/v2");
        assertThat(WITH_NODES.files(all).get("own.io")).contains("/p2p", "https://own.io/v2");
        assertThat(HOSTS.files(all).get("_default")).doesNotContain("p2p").contains("/v2");
        String none = WITH_NODES.files(parse("mirrors: {'*': }", false)).get("_default");
        assertThat(none).as("with --disable-default-registry-endpoint").contains(
                "server = \"https://127.0.0.1:10250/v2\"",
                "/p2p");
    }

    @Test
    void registriesUnderMirrorsAreShared(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("registries.yaml");
        SharedRegistries shared = new SharedRegistries(file);
        assertThat(shared.refresh()).isTrue();
        assertThat(shared.any()).isFalse();
        Files.writeString(file, "mirrors: {quay.io: }\nconfigs: {only.io: {tls: {insecure_skip_verify: true}}}");
        assertThat(shared.refresh()).isTrue();
        assertThat(shared.refresh()).isFalse();
        assertThat(shared.shares("quay.io")).isTrue();
        assertThat(shared.shares("only.io")).isFalse();
        Files.writeString(file, "mirrors: [");
        shared.refresh();
        assertThat(shared.shares("quay.io")).as("the one before goes on counting").isTrue();
        Files.writeString(file, "mirrors: {'*': }");
        shared.refresh();
        assertThat(shared.shares("only.io")).isTrue();
        assertThat(shared.shares("localhost:5000")).isFalse();
        assertThat(shared.shares("127.0.0.1:5000")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"library/busybox/manifests/1?ns=docker.io,true", "a/b/blobs/sha256:12?ns=q.io:5000,true",
            "a/manifests/1?ns=q.io%2F..,false", "a/manifests/1?ns=,false", "a/manifests/1,false",
            "a/../b/manifests/1?ns=q.io,false", "a/manifests/1%0d%0a?ns=q.io,false", "a/tags/list?ns=q.io,false",
            "a/manifests/1?ns=%zz,false"})
    void requestsAreChecked(String target, boolean fine) {
        String[] parts = target.split("\\?", 2);
        Optional<ImageRequest> request = ImageRequest.of(parts[0], parts.length > 1 ? parts[1] : "");
        assertThat(request.map(ImageRequest::target)).isEqualTo(fine ? Optional.of(target) : Optional.empty());
    }

    @Test
    void withoutFallbackTheLastMirrorStandsForTheRegistry() {
        String one = HOSTS.files(parse("mirrors: {'*': {endpoint: [a.example, b.example]}}", false)).get("_default");
        assertThat(one).contains("server = \"https://b.example/v2\"", "[host.\"https://a.example/v2\"]",
                "[host.\"https://b.example/v2\"]");
        String none = HOSTS.files(parse("mirrors: {quay.io: {}}", false)).get("quay.io");
        assertThat(none).contains("server = \"https://127.0.0.1:10250/v2\"");
        String tls = HOSTS.files(parse("configs: {'*': {tls: {insecure_skip_verify: true}}}", true)).get("_default");
        assertThat(tls).as("containerd reads no file without a host").contains("[host.\"https://127.0.0.1:10250/v2\"]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"mirrors: {a.io: {endpoint: [m], rewrite: {x: z}}}",
            "{mirrors: {a.io: {endpoint: [m]}}, configs: {m: {auth: {username: me, password: pw}}}}",
            "configs: {a.io: {auth: {identitytoken: pw}, tls: {ca_file: /m.pem}}}"})
    void whatNeedsALoginOrARewriteIsAskedOfTheNode(String yaml) {
        String text = HOSTS.files(parse(yaml, true)).get("a.io");
        assertThat(text).contains("server = \"https://127.0.0.1:10250/v2\"", "\"/agent/server-ca.crt\"",
                "x-k3s-relay = \"t0ken\"").doesNotContain("pw", "a.io", "https://m");
    }

    @ParameterizedTest
    @CsvSource({"busybox,docker.io/library/busybox:latest", "rancher/pause:3,docker.io/rancher/pause:3",
            "localhost/a,localhost/a:latest", "h:5000/a/b:c,h:5000/a/b:c",
            "index.docker.io/nginx,docker.io/library/nginx:latest",
            "q.io/a@sha256:12,q.io/a@sha256:12", "q.io/a:1@sha256:12,q.io/a:1@sha256:12"})
    void imagesHaveFullNames(String given, String whole) {
        assertThat(ImageName.parse(given)).hasToString(whole);
    }
}

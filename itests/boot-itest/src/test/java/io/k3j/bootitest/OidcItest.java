package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.RebuiltJars;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// A running server whose users come from an issuer, by the commands of `docs/authentication.md`: kubectl with a token,
/// another file, another key, another version of the bundle. One story: each test goes on where the one before ended.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OidcItest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String REVIEW = "{\"apiVersion\": \"authentication.k8s.io/v1\", \"kind\":"
            + " \"SelfSubjectReview\"}";
    private static final String BINDING = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: developers}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'oidc:developers'}]
            """;
    private static final String JANE = "\"sub\": \"jane\", \"roles\": [\"developers\"], \"jti\": \"42\"";
    private static final String USERNAME = "username: {claim: sub, prefix: \"oidc:\"}";
    private Path home;
    private IdentityProvider issuer;
    private K3sProcess server;
    private Commands commands;
    private Api api;
    private String configuration;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        home = temporary;
        issuer = new IdentityProvider();
        commands = new Commands(home);
        String begin = page(1);
        int start = begin.indexOf("k3s server ");
        shell(begin.substring(0, start), Map.of());
        configuration = Files.readString(file());
        assertThat(configuration).contains(USERNAME, issuer.url());
        String tokens = page(4);
        int withTokens = tokens.indexOf("k3s server ");
        shell(tokens.substring(0, withTokens), Map.of());
        server = server(home, begin.substring(start), tokens.substring(withTokens + "k3s server ".length()).strip());
        server.await("the API", LIMIT, commands::served);
        api = Api.anonymous(home.resolve("k3s.yaml"), commands.server());
        commands.kubectl("apply", "-f", Files.writeString(home.resolve("binding.yaml"), BINDING).toString());
    }

    @AfterAll
    void stop() {
        if (api != null) {
            api.close();
        }
        if (server != null) {
            server.close();
        }
        issuer.close();
    }

    /// A block of commands of the page, with what is of another machine or directory put in its place.
    private String page(int block) throws IOException {
        List<String> blocks = Arrays.stream(Files.readString(Path.of("../../docs/authentication.md")).split("```"))
                .filter(b -> b.startsWith("bash\n")).map(b -> b.substring("bash\n".length())).toList();
        assertThat(blocks).hasSize(6);
        return blocks.get(block).replace("https://login.example.com", issuer.url())
                .replace("certificateAuthority: \"\"",
                        "certificateAuthority: \"" + issuer.authorities().replace("\n", "\\n") + "\"")
                .replace("/etc/rancher/k3s", home.toString())
                .replace("/var/lib/rancher/k3s", home.resolve("data").toString());
    }

    /// What they print on a machine with K3s, where `kubectl` is a part of it.
    private String shell(String words, Map<String, String> variables) throws IOException, InterruptedException {
        return Commands.must(Launch.of("bash", "-ec", "kubectl() { k3s kubectl \"$@\"; }\n" + words)
                .withoutK3sEnvironment().directory(home).environment("K3S_JAVA", Launch.jdk("java"))
                .environment("PATH", K3sProcess.distribution().resolve("bin") + ":" + System.getenv("PATH"))
                .environment("KUBECONFIG", home.resolve("k3s.yaml").toString()).environment(variables).run(LIMIT));
    }

    /// A server with the flags of `k3s server …`, and further ones.
    private static K3sProcess server(Path dir, String words, String... more) throws IOException {
        List<String> flags = new ArrayList<>(List.of("--disable-agent", "--bind-address", "127.0.0.1"));
        flags.addAll(Arrays.stream(words.replace("\\\n", " ").strip().split("\\s+")).skip(2).toList());
        flags.addAll(List.of(more));
        return K3sProcess.server(dir, flags.toArray(String[]::new));
    }

    private Path file() {
        return home.resolve("authentication.yaml");
    }

    private void write(String username) throws IOException {
        Path fresh = Files.writeString(home.resolve("fresh.yaml"), configuration.replace(USERNAME, username));
        Files.move(fresh, file(), StandardCopyOption.REPLACE_EXISTING);
    }

    private HttpResponse<String> asked(String path, String token, String body) throws IOException,
            InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.at(path)).timeout(LIMIT);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (!body.isEmpty()) {
            request.header("Content-Type", Api.JSON).POST(HttpRequest.BodyPublishers.ofString(body));
        }
        return api.client().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /// As `kubectl auth whoami`.
    private String whoami(String token) throws IOException, InterruptedException {
        HttpResponse<String> answer = asked("/apis/authentication.k8s.io/v1/selfsubjectreviews", token, REVIEW);
        return answer.statusCode() == 201 ? answer.body() : Integer.toString(answer.statusCode());
    }

    private void awaitUser(String name) throws InterruptedException {
        server.await("a token stands for " + name, LIMIT, () -> {
            try {
                return whoami(issuer.token(JANE)).contains("\"username\":\"" + name + "\"");
            } catch (IOException | GeneralSecurityException e) {
                return false;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    @Order(1)
    void kubectlWithATokenIsItsUserWithItsGroups() throws Exception {
        awaitUser("oidc:jane");
        assertThat(whoami(issuer.token(JANE))).contains("\"oidc:developers\"", "\"system:authenticated\"",
                "\"authentication.kubernetes.io/credential-id\":[\"JTI=42\"]");
        String words = page(2).replace("https://k3s.example.com:6443", commands.server());
        assertThat(shell(words, Map.of("TOKEN", issuer.token(JANE)))).contains("oidc:jane",
                "[oidc:developers system:authenticated]");
        assertThat(shell("kubectl get namespaces", Map.of("KUBECONFIG", "jane.yaml"))).contains("kube-system");
        assertThatThrownBy(() -> shell("kubectl get secrets", Map.of("KUBECONFIG", "jane.yaml")))
                .hasMessageContaining("User \"oidc:jane\" cannot list resource \"secrets\"");
    }

    @Test
    @Order(2)
    void aTokenOfTheFileIsItsUserWithItsGroups() throws Exception {
        assertThat(whoami("a-long-random-token")).contains("\"username\":\"anne\"", "\"uid\":\"1000\"",
                "\"groups\":[\"admins\",\"developers\",\"system:authenticated\"]");
        assertThat(whoami("a-long-random-toke")).isEqualTo("401");
    }

    @Test
    @Order(3)
    void strangersStayOutsideButForWhatIsForEverybody() throws Exception {
        assertThat(whoami("")).isEqualTo("401");
        assertThat(asked("/livez", "", "").statusCode()).isEqualTo(200);
        assertThat(asked("/version", "", "").statusCode()).isEqualTo(401);
        String token = issuer.token(JANE);
        assertThat(whoami(token.substring(0, token.length() - 4) + "AAAA")).isEqualTo("401");
        assertThat(whoami(issuer.token("\"sub\": \"jane\", \"groups\": [], \"aud\": \"other\""))).isEqualTo("401");
    }

    @Test
    @Order(4)
    void aReviewSaysWhoATokenIsAndWhyItIsNobody() throws Exception {
        String good = issuer.token(JANE);
        assertThat(review(good)).contains("authenticated: true", "username: oidc:jane");
        assertThat(review(issuer.token(JANE, Duration.ofDays(2)))).doesNotContain("authenticated: true")
                .contains("oidc: error evaluating claim validation expression", "tokens live a day at most");
        assertThat(review(issuer.token("\"sub\": \"joe\", \"roles\": \"admin\""))).contains("no such overload");
        assertThat(server.output()).doesNotContain(good);
    }

    /// Lines that kubectl has folded are whole again.
    private String review(String token, Path kubeconfig) {
        try {
            return shell(page(3), Map.of("TOKEN", token, "KUBECONFIG", kubeconfig.toString())).replaceAll("\\s+", " ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String review(String token) {
        return review(token, home.resolve("k3s.yaml"));
    }

    @Test
    @Order(5)
    void anotherKeyIsFetched() throws Exception {
        issuer.rotate();
        awaitUser("oidc:jane");
    }

    @Test
    @Order(6)
    void aChangedFileIsTakenUpAndAWrongOneChangesNothing() throws Exception {
        write("username: {expression: \"'people:' + claims.sub\"}");
        awaitUser("people:jane");
        write("username: {claim: sub}");
        server.awaitOutput("prefix is required when claim is set", LIMIT);
        awaitUser("people:jane");
        assertThat(commands.kubectl("get", "--raw", "/metrics")).contains(
                "apiserver_authentication_config_controller_automatic_reloads_total{status=\"failure\"",
                "apiserver_authentication_jwt_authenticator_latency_seconds_count{result=\"success\"");
        write(USERNAME);
        awaitUser("oidc:jane");
    }

    @Test
    @Order(7)
    void anotherVersionOfTheBundleRefusesNobody() throws Exception {
        Path jar = new RebuiltJars(home).rebuilt("io.k3j.authoidc");
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger good = new AtomicInteger();
        ConcurrentLinkedQueue<String> refusals = new ConcurrentLinkedQueue<>();
        Thread load = Thread.ofVirtual().start(() -> {
            for (int i = 0; !over.get(); i++) {
                try {
                    String said = whoami(issuer.token(JANE + ", \"n\": " + i));
                    if (said.contains("oidc:jane")) {
                        good.incrementAndGet();
                    } else {
                        refusals.add(said);
                    }
                } catch (IOException | GeneralSecurityException | InterruptedException e) {
                    refusals.add(e.toString());
                }
            }
        });
        try {
            server.await("some are served", LIMIT, () -> good.get() > 10);
            for (List<String> change : List.of(List.of("swap", jar.toString()), List.of("back", "io.k3j.authoidc"))) {
                ConsoleAnswer answer = server.console(change.toArray(String[]::new));
                assertThat(answer.code()).as(answer.lines().toString()).isZero();
                int until = good.get() + 10;
                server.await("some more are served", LIMIT, () -> good.get() > until);
            }
        } finally {
            over.set(true);
            load.join();
        }
        assertThat(refusals).isEmpty();
    }

    @Test
    @Order(8)
    void aWrongFileEndsAStartWithOneSentence() throws Exception {
        Path other = Files.createDirectory(home.resolve("other"));
        Path wrong = Files.writeString(other.resolve("wrong.yaml"), "apiVersion: apiserver.config.k8s.io/v1\n"
                + "kind: AuthenticationConfiguration\njwt: [{issuer: {url: 'http://issuer', audiences: [a]},"
                + " claimMappings: {username: {expression: claim.sub}}}]\n");
        try (K3sProcess refused = server(other, "k3s server --kube-apiserver-arg=authentication-config=" + wrong)) {
            assertThat(refused.awaitEnd(LIMIT)).isEqualTo(1);
            assertThat(refused.output()).contains("invalid authentication configuration: [jwt[0].issuer.url: Invalid"
                    + " value: \"http://issuer\": URL scheme must be https",
                    "jwt[0].claimMappings.username.expression: Invalid value: \"claim.sub\": ");
        }
    }

    @Test
    @Order(9)
    void flagsNameOneIssuer() throws Exception {
        server.close();
        Path other = Files.createDirectory(home.resolve("flags"));
        Path authorities = Files.writeString(other.resolve("issuer.pem"), issuer.authorities());
        Commands there = new Commands(other);
        try (K3sProcess byFlags = server(other, page(0), "--kube-apiserver-arg=oidc-ca-file=" + authorities)) {
            byFlags.await("the API", LIMIT, there::served);
            Path config = other.resolve("k3s.yaml");
            String token = issuer
                    .token("\"sub\": \"1\", \"email\": \"jane@example.com\", \"groups\": [\"developers\"]");
            byFlags.await("the issuer", LIMIT, () -> review(token, config).contains("authenticated: true"));
            assertThat(review(token, config)).contains("username: jane@example.com", "- oidc:developers");
        }
    }
}

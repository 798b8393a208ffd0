package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.RebuiltJars;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
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

/// A running server whose users come from an issuer: kubectl with a token, another file, another key, another version
/// of the bundle. One story: each test goes on where the one before ended.
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
    private static final String JANE = "\"sub\": \"jane\", \"groups\": [\"developers\"], \"jti\": \"42\"";
    private Path home;
    private IdentityProvider issuer;
    private K3sProcess server;
    private Commands commands;
    private Api api;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        home = temporary;
        issuer = new IdentityProvider();
        commands = new Commands(home);
        write("username: {claim: sub, prefix: 'oidc:'}");
        server = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1",
                "--kube-apiserver-arg=authentication-config=" + file());
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

    private Path file() {
        return home.resolve("authentication.yaml");
    }

    private void write(String username) throws IOException {
        Path fresh = Files.writeString(home.resolve("fresh.yaml"), "apiVersion: apiserver.config.k8s.io/v1\n"
                + "kind: AuthenticationConfiguration\nanonymous: {enabled: true, conditions: [{path: /livez}]}\n"
                + "jwt:\n- issuer:\n    url: " + issuer.url() + "\n    audiences: [k3j]\n"
                + "    certificateAuthority: |\n" + issuer.authorities().indent(6) + "  claimMappings:\n    " + username
                + "\n    groups: {expression: \"claims.groups.map(g, 'oidc:' + g)\"}\n  userValidationRules:\n"
                + "  - {expression: \"!user.username.startsWith('system:')\", message: reserved}\n");
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
        String config = Files.readString(home.resolve("k3s.yaml"))
                .replaceAll("client-certificate-data: .*", "token: " + issuer.token(JANE))
                .replaceAll(" *client-key-data: .*\n", "");
        Path kubeconfig = Files.writeString(home.resolve("jane.yaml"), config);
        assertThat(Commands.must(K3sProcess.k3s("kubectl", "--kubeconfig", kubeconfig.toString(), "get", "namespaces")
                .run(LIMIT))).contains("kube-system");
        assertThat(K3sProcess.k3s("kubectl", "--kubeconfig", kubeconfig.toString(), "get", "secrets").run(LIMIT).text())
                .contains("User \"oidc:jane\" cannot list resource \"secrets\"");
    }

    @Test
    @Order(2)
    void strangersStayOutsideButForWhatIsForEverybody() throws Exception {
        assertThat(whoami("")).isEqualTo("401");
        assertThat(asked("/livez", "", "").statusCode()).isEqualTo(200);
        assertThat(asked("/readyz", "", "").statusCode()).isEqualTo(401);
        String token = issuer.token(JANE);
        assertThat(whoami(token.substring(0, token.length() - 4) + "AAAA")).isEqualTo("401");
        assertThat(whoami(issuer.token("\"sub\": \"jane\", \"groups\": [], \"aud\": \"other\""))).isEqualTo("401");
    }

    @Test
    @Order(3)
    void aReviewSaysWhoATokenIsAndWhyItIsNobody() throws Exception {
        String good = issuer.token(JANE);
        assertThat(review(good)).contains("\"authenticated\": true").contains("\"username\": \"oidc:jane\"");
        assertThat(review(issuer.token("\"sub\": \"jane\""))).contains(
                "oidc: error evaluating group claim expression: expression 'claims.groups.map(g, 'oidc:' + g)' resulted"
                        + " in error: no such key: groups");
        assertThat(server.output()).doesNotContain(good);
    }

    private String review(String token) throws IOException, InterruptedException {
        String body = "{\"apiVersion\": \"authentication.k8s.io/v1\", \"kind\": \"TokenReview\", \"spec\":"
                + " {\"token\": \"" + token + "\"}}";
        try (Api admin = Api.of(home.resolve("k3s.yaml"), commands.server())) {
            return admin.send("POST", "/apis/authentication.k8s.io/v1/tokenreviews?pretty=true", Api.JSON,
                    body.getBytes(StandardCharsets.UTF_8)).body();
        }
    }

    @Test
    @Order(4)
    void anotherKeyIsFetched() throws Exception {
        issuer.rotate();
        awaitUser("oidc:jane");
    }

    @Test
    @Order(5)
    void aChangedFileIsTakenUpAndAWrongOneChangesNothing() throws Exception {
        write("username: {expression: \"'people:' + claims.sub\"}");
        awaitUser("people:jane");
        write("username: {claim: sub}");
        server.awaitOutput("prefix is required when claim is set", LIMIT);
        awaitUser("people:jane");
        assertThat(commands.kubectl("get", "--raw", "/metrics")).contains(
                "apiserver_authentication_config_controller_automatic_reloads_total{status=\"failure\"",
                "apiserver_authentication_jwt_authenticator_latency_seconds_count{result=\"success\"");
        write("username: {claim: sub, prefix: 'oidc:'}");
        awaitUser("oidc:jane");
    }

    @Test
    @Order(6)
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
    @Order(7)
    void aWrongFileEndsAStartWithOneSentence() throws Exception {
        Path other = Files.createDirectory(home.resolve("other"));
        Path wrong = Files.writeString(other.resolve("wrong.yaml"), "apiVersion: apiserver.config.k8s.io/v1\n"
                + "kind: AuthenticationConfiguration\njwt: [{issuer: {url: 'http://issuer', audiences: [a]},"
                + " claimMappings: {username: {claim: sub, prefix: ''}}}]\n");
        try (K3sProcess refused = K3sProcess.server(other, "--disable-agent", "--bind-address", "127.0.0.1",
                "--kube-apiserver-arg=authentication-config=" + wrong)) {
            assertThat(refused.awaitEnd(LIMIT)).isEqualTo(1);
            assertThat(refused.output()).contains("invalid authentication configuration: jwt[0].issuer.url: Invalid"
                    + " value: \"http://issuer\": URL scheme must be https");
        }
    }
}

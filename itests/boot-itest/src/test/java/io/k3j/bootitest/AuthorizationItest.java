package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import io.k3j.testkithttps.HttpsPort;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.RebuiltJars;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// A running server that asks a webhook who may do what, by the commands of `docs/authorization.md`: kubectl, another
/// file, another version of the bundle, a webhook that goes away. One story: each test goes on where the one before
/// ended.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AuthorizationItest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String TOKEN = "token-of-this-server";
    private final AtomicInteger strangers = new AtomicInteger();
    private Path home;
    private HttpsPort webhook;
    private K3sProcess server;
    private Commands commands;
    private Api api;
    private String configuration;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        home = temporary;
        webhook = new HttpsPort("authorizer").at("/", this::review).at("/review", this::who).started();
        commands = new Commands(home);
        Files.writeString(home.resolve("webhook.pem"), webhook.authorities());
        Files.writeString(home.resolve("webhook.token"), TOKEN);
        String kubeconfig = page("authorization", 0);
        shell(kubeconfig.substring(0, kubeconfig.indexOf("k3s server ")));
        String tokens = page("authentication", 5);
        int more = tokens.indexOf("k3s server ");
        shell(tokens.substring(0, more));
        String begin = page("authorization", 1);
        int flags = begin.indexOf("k3s server ");
        shell(begin.substring(0, flags));
        configuration = Files.readString(file());
        assertThat(configuration).contains("failurePolicy: Deny", "name: denials");
        server = server(home, begin.substring(flags) + tokens.substring(more + "k3s server ".length()));
        server.await("the API", LIMIT, commands::served);
        api = Api.of(home.resolve("k3s.yaml"), commands.server());
    }

    @AfterAll
    void stop() {
        if (api != null) {
            api.close();
        }
        if (server != null) {
            server.close();
        }
        webhook.close();
    }

    /// Jane may do everything, Mallory nothing; of others it has no opinion.
    private void review(HttpExchange exchange) throws IOException {
        String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            strangers.incrementAndGet();
        }
        String status = asked.contains("\"user\":\"jane\"") ? "{\"allowed\":true}"
                : asked.contains("\"user\":\"mallory\"") ? "{\"denied\":true,\"reason\":\"not trusted\"}"
                        : "{\"allowed\":false}";
        byte[] body = ("{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SubjectAccessReview\",\"status\":"
                + status
                + "}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /// The token `of-NAME` is that of NAME.
    private void who(HttpExchange exchange) throws IOException {
        String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Matcher token = Pattern.compile("\"token\":\"of-([a-z]+)\"").matcher(asked);
        byte[] body = ("{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenReview\",\"status\":"
                + (token.find() ? "{\"authenticated\":true,\"user\":{\"username\":\"" + token.group(1) + "\"}}"
                        : "{\"authenticated\":false}")
                + "}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /// A block of commands of a page, with what is of another machine or directory put in its place.
    private String page(String name, int block) throws IOException {
        List<String> blocks = Arrays.stream(Files.readString(Path.of("../../docs/" + name + ".md")).split("```"))
                .filter(b -> b.startsWith("bash\n")).map(b -> b.substring("bash\n".length())).toList();
        return blocks.get(block).replace("https://authorizer.example.com", webhook.url())
                .replace("https://tokens.example.com", webhook.url()).replace("timeout: 3s", "timeout: 30s")
                .replace("/etc/rancher/k3s", home.toString());
    }

    private void shell(String words) throws IOException, InterruptedException {
        Commands.must(Launch.of("bash", "-ec", words).withoutK3sEnvironment().directory(home).run(LIMIT));
    }

    private static K3sProcess server(Path dir, String words) throws IOException {
        List<String> flags = new ArrayList<>(List.of("--disable-agent", "--bind-address", "127.0.0.1"));
        flags.addAll(Arrays.stream(words.replace("\\\n", " ").strip().split("\\s+")).skip(2).toList());
        return K3sProcess.server(dir, flags.toArray(String[]::new));
    }

    private Path file() {
        return home.resolve("authorization.yaml");
    }

    private void write(String text) throws IOException {
        Path fresh = Files.writeString(home.resolve("fresh.yaml"), text);
        Files.move(fresh, file(), StandardCopyOption.REPLACE_EXISTING);
    }

    /// The status of a request for an object that is not there, as somebody.
    private int asked(String user, String name) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(api.at("/api/v1/namespaces/default/configmaps/" + name))
                .timeout(LIMIT).header("Impersonate-User", user).build();
        return api.client().send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private void awaitStatus(String user, int status) throws InterruptedException {
        AtomicInteger n = new AtomicInteger();
        server.await(user + " gets " + status, LIMIT, () -> {
            try {
                return asked(user, "w" + n.incrementAndGet()) == status;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    @Order(1)
    void theWebhookAllowsWhatNoRoleDoes() throws Exception {
        assertThat(commands.kubectl("--as", "jane", "get", "secrets", "-n", "default")).contains("No resources found");
        assertThatThrownBy(() -> commands.kubectl("--as", "joe", "get", "secrets", "-n", "default"))
                .hasMessageContaining("User \"joe\" cannot list resource \"secrets\"");
        assertThat(commands.kubectl("--as", "jane", "auth", "can-i", "create", "pods")).contains("yes");
        assertThat(strangers).hasValue(0);
    }

    @Test
    @Order(2)
    void theWebhookDeniesWhatARoleAllows() throws Exception {
        commands.kubectl("create", "clusterrolebinding", "all", "--clusterrole=cluster-admin", "--user=mallory",
                "--user=alice");
        awaitStatus("alice", 404);
        assertThatThrownBy(() -> commands.kubectl("--as", "mallory", "get", "secrets", "-n", "default"))
                .hasMessageContaining("User \"mallory\" cannot list resource \"secrets\"")
                .hasMessageContaining("not trusted");
    }

    @Test
    @Order(3)
    void aChangedFileIsTakenUpAndAWrongOneChangesNothing() throws Exception {
        write(configuration.replace("has(request.resourceAttributes)", "request.user != 'mallory'"));
        awaitStatus("mallory", 404);
        write(configuration.replace("failurePolicy: Deny", "failurePolicy: Never"));
        server.awaitOutput("Unsupported value: \"Never\"", LIMIT);
        assertThat(asked("mallory", "still")).isEqualTo(404);
        write(configuration);
        awaitStatus("mallory", 403);
        assertThat(commands.kubectl("get", "--raw", "/metrics")).contains(
                "apiserver_authorization_decisions_total{type=\"Webhook\",name=\"denials\",decision=\"denied\"}",
                "apiserver_authorization_config_controller_automatic_reloads_total{status=\"success\"");
    }

    private String kubectl(String token, String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("kubectl", "--kubeconfig", "/dev/null", "--server",
                commands.server(), "--insecure-skip-tls-verify", "--token", token));
        line.addAll(List.of(words));
        return Commands.must(K3sProcess.k3s(line).run(LIMIT));
    }

    @Test
    @Order(4)
    void aTokenThatTheWebhookKnowsIsItsUser() throws Exception {
        assertThat(kubectl("of-jane", "auth", "whoami")).contains("jane", "system:authenticated");
        assertThat(kubectl("of-jane", "get", "secrets", "-n", "default")).contains("No resources found");
        assertThatThrownBy(() -> kubectl("of-joe", "get", "secrets", "-n", "default"))
                .hasMessageContaining("User \"joe\" cannot list resource \"secrets\"");
        assertThatThrownBy(() -> kubectl("of-1", "auth", "whoami"))
                .hasMessageContaining("You must be logged in to the server");
        Path jar = new RebuiltJars(home).rebuilt("io.k3j.authtokenwebhook");
        for (List<String> change : List.of(List.of("swap", jar.toString()),
                List.of("back", "io.k3j.authtokenwebhook"))) {
            ConsoleAnswer answer = server.console(change.toArray(String[]::new));
            assertThat(answer.code()).as(answer.lines().toString()).isZero();
            assertThat(kubectl("of-jane", "auth", "whoami")).contains("jane");
        }
        assertThat(server.output()).doesNotContain("of-jane");
    }

    @Test
    @Order(5)
    void anotherVersionOfTheBundleRefusesNobodyAndAllowsNobodyElse() throws Exception {
        Path jar = new RebuiltJars(home).rebuilt("io.k3j.authwebhook");
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger good = new AtomicInteger();
        ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
        Thread load = Thread.ofVirtual().start(() -> {
            for (int i = 0; !over.get(); i++) {
                try {
                    int jane = asked("jane", "a" + i);
                    int mallory = asked("mallory", "a" + i);
                    if (jane == 404 && mallory == 403) {
                        good.incrementAndGet();
                    } else {
                        wrong.add(jane + " " + mallory);
                    }
                } catch (IOException | InterruptedException e) {
                    wrong.add(e.toString());
                }
            }
        });
        try {
            server.await("some are served", LIMIT, () -> good.get() > 10);
            for (List<String> change : List.of(List.of("swap", jar.toString()),
                    List.of("back", "io.k3j.authwebhook"))) {
                ConsoleAnswer answer = server.console(change.toArray(String[]::new));
                assertThat(answer.code()).as(answer.lines().toString()).isZero();
                int until = good.get() + 10;
                server.await("some more are served", LIMIT, () -> good.get() > until);
            }
        } finally {
            over.set(true);
            load.join();
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    @Order(6)
    void oneThatIsAwayDeniesAllButAdministrators() throws Exception {
        webhook.close();
        awaitStatus("alice", 403);
        assertThat(asked("jane", "away")).isEqualTo(403);
        assertThat(commands.kubectl("get", "namespaces")).contains("kube-system");
        write(configuration.replace("failurePolicy: Deny", "failurePolicy: NoOpinion"));
        awaitStatus("alice", 404);
        assertThat(asked("joe", "away")).isEqualTo(403);
        assertThat(server.output()).doesNotContain(TOKEN);
    }

    @Test
    @Order(7)
    void aWrongFileEndsAStartWithOneSentence() throws Exception {
        Path other = Files.createDirectory(home.resolve("other"));
        Path wrong = Files.writeString(other.resolve("wrong.yaml"), "apiVersion: apiserver.config.k8s.io/v1\n"
                + "kind: AuthorizationConfiguration\nauthorizers: [{type: Webhook, name: hook}]\n");
        try (K3sProcess refused = server(other, "k3s server --kube-apiserver-arg=authorization-config=" + wrong)) {
            assertThat(refused.awaitEnd(LIMIT)).isEqualTo(1);
            assertThat(refused.output()).contains(
                    "authorizers[0].webhook: Required value: required when type=Webhook");
        }
    }
}

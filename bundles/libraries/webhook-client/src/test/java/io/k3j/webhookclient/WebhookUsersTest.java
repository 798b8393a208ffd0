package io.k3j.webhookclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiClient;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkithttps.HttpsPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// As whom the webhooks of objects are asked.
class WebhookUsersTest {
    @TempDir
    private Path directory;

    private WebhookUsers read(String text) throws IOException {
        return WebhookUsers.read(Files.writeString(directory.resolve("kubeconfig"), text));
    }

    /// Users of these names, each with its name as token.
    private static String named(String... names) {
        return "users:\n" + Stream.of(names).map(n -> "- {name: '" + n + "', user: {token: '" + n + "'}}\n")
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @CsvSource({"hooks.shop.svc,8443,hooks.shop.svc:8443", "hooks.shop.svc,443,hooks.shop.svc",
            "other.shop.svc,443,*.shop.svc", "other.shop.svc,8443,*.svc:8443", "hooks.bank.svc,443,*.svc",
            "example.com,443,*", "hooks.shop.svc,1,*"})
    void aServerHasTheUserWhoseNameIsNearest(String host, int port, String name) throws IOException {
        WebhookUsers users = read(named("hooks.shop.svc:8443", "hooks.shop.svc", "*.shop.svc", "*.svc:8443", "*.svc",
                "*"));
        assertThat(users.of(host, port).credential().header()).isEqualTo("Bearer " + name);
    }

    @Test
    void othersHaveTheUserOfTheCurrentContextOrNone() throws IOException {
        String both = named("a.b.svc", "me");
        assertThat(read(both).of("c.d.svc", 443).credential().header()).isEmpty();
        assertThat(read(both + "contexts: [{name: it, context: {user: me}}]\ncurrent-context: it\n").of("c.d.svc", 443)
                .credential().header()).isEqualTo("Bearer me");
        assertThat(WebhookUsers.NONE.of("a.b.svc", 443).own()).isEmpty();
    }

    @Test
    void whatCannotBeUsedIsToldWithoutTheCredential() {
        assertThatThrownBy(() -> read("users: [{name: '*.svc', user: {client-certificate: /no/file, client-key: /k}}]"))
                .isInstanceOf(IOException.class).hasMessageContaining("unable to read client-cert /no/file for *.svc");
        assertThatThrownBy(() -> read("users: [{name: '*', user: {token: hidden, exec: {command: x}}}]"))
                .hasMessageContaining("exec of user \"*\" is not supported by K3j").hasMessageNotContaining("hidden");
    }

    @Test
    void aServerIsShownCertificateAndTokenOfItsUser() throws Exception {
        try (KnowingServer server = new KnowingServer()) {
            var jane = server.client("jane");
            WebhookUsers users = read("users: [{name: localhost:" + port(server) + ", user: {token: secret, "
                    + "client-certificate-data: " + jane.certificate() + ", client-key-data: " + jane.key() + "}}]");
            ClientConfig config = new ClientConfig(server.url() + "/hook", "", "", "", 443, server.authorities());
            try (WebhookClient client = client()) {
                client.post(config, users, "anne", "{}".getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(1));
                client.post(config, "anne", "{}".getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(1));
            }
            assertThat(server.asked).containsExactly("CN=jane Bearer secret /hook?timeout=60s {}",
                    "nobody null /hook?timeout=60s {}");
        }
    }

    @Test
    void aCertificateThatHasTakenThePlaceOfAnotherIsShown() throws Exception {
        try (KnowingServer server = new KnowingServer(); WebhookClient client = client()) {
            write(server.client("jane"));
            WebhookUsers users = read("users: [{name: '*', user: {as: joe, client-certificate: me.pem, client-key: "
                    + "me.key}}]");
            ClientConfig config = new ClientConfig(server.url() + "/hook", "", "", "", 443, server.authorities());
            List<String> impersonated = new CopyOnWriteArrayList<>();
            server.answers(exchange -> {
                impersonated.add(exchange.getRequestHeaders().getFirst("Impersonate-User"));
                exchange.sendResponseHeaders(200, -1);
            });
            client.post(config, users, "anne", "{}".getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(1));
            write(server.client("joan"));
            Waiting.until("the other certificate is shown", () -> {
                client.post(config, users, "anne", "{}".getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(1));
                return server.asked.getLast().startsWith("CN=joan ");
            });
            assertThat(server.asked.getFirst()).startsWith("CN=jane ");
            assertThat(impersonated).containsOnly("joe");
        }
    }

    private void write(HttpsPort.Identity identity) throws IOException {
        Files.write(directory.resolve("me.pem"), Base64.getDecoder().decode(identity.certificate()));
        Files.write(directory.resolve("me.key"), Base64.getDecoder().decode(identity.key()));
    }

    private static String port(KnowingServer server) {
        return server.url().substring(server.url().lastIndexOf(':') + 1);
    }

    private static WebhookClient client() {
        ApiClient none = (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
                new Class<?>[] {ApiClient.class}, (proxy, method, args) -> {
                    throw new IllegalStateException("nobody asks for a Service");
                });
        WebhookClient client = new WebhookClient(new ServiceEndpoints(none, new Random(1)),
                new WebhookClient.Limits("test", "", 1_000, 10), System::nanoTime);
        client.dialer(new NodeDialer() {
            @Override
            public ByteDuplex dial(String node, String host, int port) throws IOException {
                Socket socket = new Socket(host, port);
                return new Wire(socket, socket.getInputStream(), socket.getOutputStream());
            }

            @Override
            public ByteDuplex dialKubelet(String node, String host, int port) throws IOException {
                throw new IOException("no kubelet here");
            }
        });
        return client;
    }

    private record Wire(Socket socket, InputStream input, OutputStream output) implements ByteDuplex {
        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

package io.k3j.webhookclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkithttps.HttpsPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a webhook's server gets that a kubeconfig names, and what is made of its answers.
class KubeconfigClientTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final byte[] QUESTION = "{}".getBytes(StandardCharsets.UTF_8);
    @TempDir
    private Path directory;
    private final List<KubeconfigClient> clients = new ArrayList<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private KnowingServer server;

    @BeforeEach
    void serve() throws Exception {
        server = new KnowingServer();
    }

    @AfterEach
    void close() {
        never.countDown();
        clients.forEach(KubeconfigClient::close);
        server.close();
    }

    private KubeconfigClient client(String cluster, String user) throws IOException {
        Path file = Files.writeString(directory.resolve("hook.kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: hook, cluster: {%s}}]
                users: [{name: asker, user: {%s}}]
                contexts: [{name: it, context: {cluster: hook, user: asker}}]
                current-context: it
                """.formatted(cluster, user));
        KubeconfigClient client = new KubeconfigClient(WebhookKubeconfig.read(file, Map.of()),
                new KubeconfigClient.Settings("test", 1_000));
        clients.add(client);
        return client;
    }

    private String trusted(String path) {
        return "server: " + server.url() + path + ", certificate-authority-data: " + server.authorities();
    }

    @Test
    void showsTheCertificateAndTheTokenOfTheFile() throws Exception {
        HttpsPort.Identity jane = server.client("jane");
        server.answers(exchange -> {
            exchange.sendResponseHeaders(201, 4);
            exchange.getResponseBody().write("done".getBytes(StandardCharsets.UTF_8));
        });
        byte[] answer = client(trusted("/audit/?ignored=true"), "token: secret, client-certificate-data: "
                + jane.certificate() + ", client-key-data: " + jane.key())
                .post("{\"a\":1}".getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(30));
        assertThat(answer).asString().isEqualTo("done");
        assertThat(server.asked).containsExactly("CN=jane Bearer secret /audit?timeout=30s {\"a\":1}");
    }

    @Test
    void readsFilesBesideTheKubeconfig() throws Exception {
        HttpsPort.Identity jane = server.client("jane");
        Files.write(directory.resolve("ca.pem"), Base64.getDecoder().decode(server.authorities()));
        Files.write(directory.resolve("jane.pem"), Base64.getDecoder().decode(jane.certificate()));
        Files.write(directory.resolve("jane.key"), Base64.getDecoder().decode(jane.key()));
        Path token = Files.writeString(directory.resolve("token"), "first\n");
        KubeconfigClient client = client("server: " + server.url() + ", certificate-authority: ca.pem",
                "client-certificate: jane.pem, client-key: jane.key, tokenFile: token");
        client.post(QUESTION, LONG);
        Files.writeString(token, "second\n");
        client.post(QUESTION, LONG);
        Files.delete(token);
        client.post(QUESTION, LONG);
        assertThat(server.asked).containsExactly("CN=jane Bearer first /?timeout=60s {}",
                "CN=jane Bearer second /?timeout=60s {}", "CN=jane Bearer second /?timeout=60s {}");
    }

    @Test
    void logsInByNameAndPassword() throws Exception {
        client(trusted(""), "username: jane, password: secret").post(QUESTION, LONG);
        assertThat(server.asked).containsExactly("nobody Basic amFuZTpzZWNyZXQ= /?timeout=60s {}");
    }

    @Test
    void tellsNothingToWhomItDoesNotTrust() throws Exception {
        try (KnowingServer other = new KnowingServer()) {
            KubeconfigClient client = client("server: " + server.url() + ", certificate-authority-data: "
                    + other.authorities(), "token: secret");
            assertThatThrownBy(() -> client.post(QUESTION, LONG)).isInstanceOf(CallFailure.class)
                    .hasMessageStartingWith("Post \"" + server.url() + "/?timeout=60s\": ")
                    .hasMessageNotContaining("secret");
        }
        assertThatThrownBy(() -> client("server: " + server.url(), "").post(QUESTION, LONG))
                .isInstanceOf(CallFailure.class);
        assertThat(server.asked).isEmpty();
    }

    @Test
    void believesAnybodyWhereItIsToldTo() throws Exception {
        HttpsPort.Identity jane = server.client("jane");
        String blind = "server: " + server.url() + ", insecure-skip-tls-verify: true";
        client(blind, "").post(QUESTION, LONG);
        client(blind, "client-certificate-data: " + jane.certificate() + ", client-key-data: " + jane.key())
                .post(QUESTION, LONG);
        assertThat(server.asked).containsExactly("nobody null /?timeout=60s {}", "CN=jane null /?timeout=60s {}");
    }

    @Test
    void followsNobodyElsewhere() throws Exception {
        server.answers(exchange -> {
            exchange.getResponseHeaders().add("Location", server.url() + "/other");
            exchange.sendResponseHeaders(307, -1);
        });
        assertThatThrownBy(() -> client(trusted(""), "token: secret").post(QUESTION, LONG))
                .hasMessage("the server responded with the status code 307 but did not return more information");
        assertThat(server.asked).hasSize(1);
    }

    @Test
    void tellsWhyTheServerFailed() throws Exception {
        server.answers(exchange -> {
            exchange.sendResponseHeaders(500, 5);
            exchange.getResponseBody().write("full\n".getBytes(StandardCharsets.UTF_8));
        });
        assertThatThrownBy(() -> client(trusted(""), "").post(QUESTION, LONG))
                .hasMessage("an error on the server (\"full\") has prevented the request from succeeding");
    }

    @Test
    void readsNoAnswerOfAnyLength() throws Exception {
        server.answers(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[1_001]);
        });
        assertThatThrownBy(() -> client(trusted(""), "").post(QUESTION, LONG)).isInstanceOf(CallFailure.class)
                .hasMessageContaining("timeout=60s");
        assertThat(server.asked).hasSize(1);
    }

    private static KnowingServer.Handler wishing(int status, String retryAfter) {
        return exchange -> {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
            exchange.sendResponseHeaders(status, -1);
        };
    }

    @Test
    void asksAgainWhereTheServerWishesItAndNotForEver() throws Exception {
        KubeconfigClient client = client(trusted(""), "");
        AtomicInteger times = new AtomicInteger();
        for (int status : new int[] {429, 503}) {
            times.set(0);
            server.answers(exchange -> {
                if (times.incrementAndGet() < 3) {
                    wishing(status, "0").handle(exchange);
                } else {
                    exchange.sendResponseHeaders(200, -1);
                }
            });
            assertThat(client.post(QUESTION, LONG)).isEmpty();
            assertThat(times).hasValue(3);
        }
        server.answers(wishing(500, "0")).asked.clear();
        assertThatThrownBy(() -> client.post(QUESTION, LONG)).hasMessageStartingWith("an error on the server");
        assertThat(server.asked).hasSize(1 + KubeconfigClient.MOST_RETRIES);
    }

    @Test
    void asksOnceWhereNobodyWishesMore() throws Exception {
        KubeconfigClient client = client(trusted(""), "");
        for (KnowingServer.Handler handler : List.of(wishing(400, "0"), wishing(307, "0"), wishing(503, "soon"))) {
            server.answers(handler).asked.clear();
            assertThatThrownBy(() -> client.post(QUESTION, LONG)).isInstanceOf(CallFailure.class);
            assertThat(server.asked).hasSize(1);
        }
    }

    @Test
    void waitsForALaterTimeWithinItsLimitOnly() throws Exception {
        server.answers(wishing(503, "3600"));
        assertThatThrownBy(() -> client(trusted(""), "").post(QUESTION, Duration.ofSeconds(2)))
                .hasMessageEndingWith("?timeout=2s\": context deadline exceeded");
        assertThat(server.asked).hasSizeLessThan(2);
    }

    @Test
    void whoIsHurriedAsksOnceMoreAtOnce() throws Exception {
        server.answers(wishing(503, "3600"));
        KubeconfigClient client = client(trusted(""), "");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<byte[]> post = threads.submit(() -> client.post(QUESTION, Duration.ofHours(1)));
            Waiting.until("a question", () -> server.asked.size() == 1);
            client.hurry();
            assertThatThrownBy(post::get).hasRootCauseInstanceOf(CallFailure.class)
                    .hasMessageContaining("the server is currently unable to handle the request");
        }
        assertThat(server.asked).hasSize(2);
    }

    @Test
    void showsACertificateThatHasTakenThePlaceOfAnother() throws Exception {
        Path chain = directory.resolve("me.pem");
        Path key = directory.resolve("me.key");
        write(server.client("jane"), chain, key);
        KubeconfigClient client = client(trusted(""), "client-certificate: me.pem, client-key: me.key");
        client.post(QUESTION, LONG);
        write(server.client("joan"), chain, key);
        Waiting.until("the other certificate is shown", () -> {
            client.post(QUESTION, LONG);
            return server.asked.getLast().startsWith("CN=joan ");
        });
        assertThat(server.asked.getFirst()).startsWith("CN=jane ");
    }

    private static void write(HttpsPort.Identity identity, Path chain, Path key) throws IOException {
        Files.write(chain, Base64.getDecoder().decode(identity.certificate()));
        Files.write(key, Base64.getDecoder().decode(identity.key()));
    }

    @Test
    void believesAuthoritiesThatHaveTakenThePlaceOfOthers() throws Exception {
        Path authorities = directory.resolve("ca.pem");
        try (KnowingServer other = new KnowingServer()) {
            Files.write(authorities, Base64.getDecoder().decode(other.authorities()));
            KubeconfigClient client = client("server: " + server.url() + ", certificate-authority: ca.pem", "");
            assertThatThrownBy(() -> client.post(QUESTION, LONG)).isInstanceOf(CallFailure.class);
            Files.write(authorities, Base64.getDecoder().decode(server.authorities()));
            Waiting.until("the server is believed", () -> client.post(QUESTION, LONG).length == 0);
        }
    }

    @Test
    void actsAsSomebodyElse() throws Exception {
        List<String> groups = new CopyOnWriteArrayList<>();
        server.answers(exchange -> {
            groups.add(exchange.getRequestHeaders().getFirst("Impersonate-User"));
            groups.addAll(exchange.getRequestHeaders().get("Impersonate-Group"));
            exchange.sendResponseHeaders(200, -1);
        });
        client(trusted(""), "token: secret, as: jane, as-groups: [a, b]").post(QUESTION, LONG);
        assertThat(groups).containsExactly("jane", "a", "b");
    }

    @Test
    void sendsNoHeaderThatWouldBeTwo() throws Exception {
        assertThatThrownBy(() -> client(trusted(""), "token: \"secret\\r\\nX-Other: y\"").post(QUESTION, LONG))
                .hasMessage("net/http: invalid header field value for \"Authorization\"");
        assertThat(server.asked).isEmpty();
    }

    @Test
    void waitsForAnAnswerNoLongerThanItsLimit() throws Exception {
        server.answers(exchange -> never.await());
        assertThatThrownBy(() -> client(trusted(""), "").post(QUESTION, Duration.ofMillis(300)))
                .hasMessage("Post \"" + server.url() + "/?timeout=1s\": context deadline exceeded");
    }

    @Test
    void endsWhatIsNotAnsweredWhenItIsClosed() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        server.answers(exchange -> {
            asked.countDown();
            never.await();
        });
        KubeconfigClient client = client(trusted(""), "");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<byte[]> post = threads.submit(() -> client.post(QUESTION, Duration.ofHours(1)));
            asked.await();
            client.close();
            assertThatThrownBy(post::get).hasRootCauseInstanceOf(CallFailure.class)
                    .hasMessageContaining("context canceled");
        }
        assertThatThrownBy(() -> client.post(QUESTION, LONG)).isInstanceOf(CallFailure.class)
                .hasMessageContaining("context canceled");
    }

    /// A server of one request each on two connections, which closes the first one without an answer to its second.
    @Test
    void asksAgainWhereAKeptConnectionHasEnded() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> serves = threads.submit(() -> {
                try (Socket first = listening.accept()) {
                    answer(first);
                    request(first);
                }
                try (Socket second = listening.accept()) {
                    answer(second);
                }
                return null;
            });
            KubeconfigClient client = client("server: \"http://127.0.0.1:" + listening.getLocalPort() + "\"",
                    "token: secret");
            client.post(QUESTION, LONG);
            client.post(QUESTION, LONG);
            serves.get();
        }
    }

    /// A server that gives two answers to one question: the second one is nobody's.
    @Test
    void takesNoAnswerThatNobodyHasAskedFor() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> serves = threads.submit(() -> {
                try (Socket first = listening.accept()) {
                    request(first);
                    first.getOutputStream().write((said("a") + said("b")).getBytes(StandardCharsets.US_ASCII));
                    try (Socket second = listening.accept()) {
                        request(second);
                        second.getOutputStream().write(said("c").getBytes(StandardCharsets.US_ASCII));
                    }
                }
                return null;
            });
            KubeconfigClient client = client("server: \"http://127.0.0.1:" + listening.getLocalPort() + "\"", "");
            assertThat(client.post(QUESTION, LONG)).asString().isEqualTo("a");
            assertThat(client.post(QUESTION, LONG)).asString().isEqualTo("c");
            serves.get();
        }
    }

    private static String said(String text) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text;
    }

    private static void answer(Socket socket) throws IOException {
        assertThat(request(socket)).doesNotContain("secret");
        socket.getOutputStream()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static String request(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder request = new StringBuilder();
        while (!request.toString().endsWith("{}")) {
            request.append((char) in.read());
        }
        return request.toString();
    }
}

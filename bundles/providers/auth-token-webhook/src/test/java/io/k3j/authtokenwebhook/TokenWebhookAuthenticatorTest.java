package io.k3j.authtokenwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Authenticator.Proxied;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.webhookclient.CallQueue;
import io.k3j.webhookclient.KubeconfigClient;
import io.k3j.webhookclient.WebhookKubeconfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a webhook's answers lead to, over HTTP; HTTPS is the client's own matter.
class TokenWebhookAuthenticatorTest {
    private static final String JANE = "{\"authenticated\":true,\"user\":{\"username\":\"jane\",\"uid\":\"7\","
            + "\"groups\":[\"developers\"],\"extra\":{\"team\":[\"a\"]}}}";
    @TempDir
    private Path directory;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private final Semaphore arrived = new Semaphore(0);
    private final CountDownLatch never = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;
    private volatile String status = JANE;
    private volatile int code = 200;
    private volatile boolean hangs;
    private volatile long nanos;
    private TokenWebhookAuthenticator authenticator;

    @BeforeEach
    void begin() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
        authenticator = authenticator("v1", Duration.ofMinutes(1));
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            arrived.release();
            if (hangs) {
                never.await();
            }
            byte[] body = ("{\"kind\":\"TokenReview\",\"apiVersion\":\"authentication.k8s.io/v1\",\"status\":" + status
                    + "}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TokenWebhookAuthenticator authenticator(String version, Duration timeout) throws IOException {
        Path file = Files.writeString(directory.resolve("hook.kubeconfig"), """
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d/"}}]
                contexts: [{name: it, context: {cluster: c}}]
                current-context: it
                """.formatted(server.getAddress().getPort()));
        HealthScope scope = new HealthScope() {
            @Override
            public void report(HealthLevel level, String message) {
                reports.add(level + " " + message);
            }

            @Override
            public void close() {
                reports.add("closed");
            }
        };
        TokenWebhookOptions options = TokenWebhookOptions.of("authentication-token-webhook-config-file=" + file,
                "authentication-token-webhook-version=" + version, "authentication-token-webhook-cache-ttl=1m");
        return new TokenWebhookAuthenticator(
                new TokenWebhookAuthenticator.Settings(options, List.of("own", "k3s"), timeout,
                        new CallQueue.Bounds(3, 3, 2), new CallQueue.Bounds(1, 2, 1)),
                new KubeconfigClient(WebhookKubeconfig.read(file, Map.of()),
                        new KubeconfigClient.Settings("token-webhook", 1 << 20)),
                scope, () -> nanos);
    }

    @AfterEach
    void end() {
        never.countDown();
        authenticator.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private Optional<Caller> who(String token, String... audiences) throws BadCredential {
        return authenticator.authenticate(new Credentials(List.of(), token, List.of(audiences)));
    }

    private Optional<Caller> from(String address, String token) throws BadCredential {
        return authenticator.authenticate(new Credentials(List.of(), token, List.of(), Proxied.NONE, address));
    }

    @Test
    void aTokenStandsForWhomTheWebhookSaysAndIsAskedOnce() throws Exception {
        assertThat(who("good")).contains(new Caller("jane", "7", List.of("developers"), Map.of("team", List.of("a"))));
        assertThat(who("good")).isPresent();
        assertThat(asked).containsExactly("{\"kind\":\"TokenReview\",\"apiVersion\":\"authentication.k8s.io/v1\","
                + "\"metadata\":{},\"spec\":{\"token\":\"good\",\"audiences\":[\"own\",\"k3s\"]},"
                + "\"status\":{\"user\":{}}}");
        nanos += Duration.ofMinutes(1).toNanos();
        assertThat(who("good")).isPresent();
        assertThat(asked).hasSize(2);
    }

    @Test
    void aTokenOfNobodyIsLeftToOthersAndRemembered() throws Exception {
        status = "{\"authenticated\":false}";
        assertThat(who("strange")).isEmpty();
        assertThat(who("strange")).isEmpty();
        assertThat(asked).hasSize(1);
        assertThat(authenticator.authenticate(new Credentials(List.of(), "", List.of()))).isEmpty();
        assertThat(asked).hasSize(1);
    }

    @Test
    void aWrongTokenIsRefusedInTheWebhooksWords() {
        status = "{\"authenticated\":false,\"error\":\"it has expired\"}";
        assertThatThrownBy(() -> who("old")).isInstanceOf(BadCredential.class).hasMessage("it has expired");
    }

    /// An error may be the webhook's own, as when what it asks is away.
    @Test
    void anErrorIsNotRemembered() throws Exception {
        status = "{\"authenticated\":false,\"error\":\"the directory is away\"}";
        assertThatThrownBy(() -> who("good")).isInstanceOf(BadCredential.class);
        status = JANE;
        assertThat(who("good")).isPresent();
    }

    @Test
    void aTokenCountsForTheAudiencesItIsMeantFor() throws Exception {
        assertThat(who("good")).as("a webhook that does not look at audiences").isPresent();
        assertThat(who("good", "other")).as("such a token is the API server's only").isEmpty();
        status = JANE.replace("{\"authenticated\"", "{\"audiences\":[\"other\"],\"authenticated\"");
        assertThat(who("theirs")).isEmpty();
        assertThat(who("theirs", "other", "more")).isPresent();
        assertThat(authenticator.review(new Credentials(List.of(), "theirs", List.of("more", "other"))))
                .hasValueSatisfying(said -> assertThat(said.audiences()).containsExactly("other"));
    }

    @Test
    void whatIsNoAnswerRefusesTheTokenAndIsTold() throws Exception {
        code = 500;
        assertThatThrownBy(() -> who("good")).isInstanceOf(BadCredential.class)
                .hasMessage("the token webhook cannot be asked");
        assertThat(reports.getLast()).startsWith("DEGRADED ");
        code = 200;
        assertThat(who("good")).as("a failure is not remembered").isPresent();
        assertThat(reports.getLast()).startsWith("OK");
        status = "{\"authenticated\":true,\"user\":{}}";
        assertThatThrownBy(() -> who("nameless")).isInstanceOf(BadCredential.class);
        authenticator.close();
        authenticator = authenticator("v1beta1", Duration.ofMinutes(1));
        status = JANE;
        assertThatThrownBy(() -> who("good")).as("an answer of another version").isInstanceOf(BadCredential.class);
        assertThat(asked.getLast()).contains("authentication.k8s.io/v1beta1");
    }

    @Test
    void allWhoShowTheSameTokenWaitForOneAnswer() throws Exception {
        hangs = true;
        List<Future<Optional<Caller>>> all = IntStream.range(0, 20)
                .mapToObj(_ -> threads.submit(() -> who("good"))).toList();
        never.countDown();
        for (Future<Optional<Caller>> one : all) {
            assertThat(one.get()).isPresent();
        }
        assertThat(asked).hasSize(1);
    }

    @Test
    void tooManyTokensAtOnceAreRefusedAndNotCalledWrong() throws Exception {
        hangs = true;
        List<Future<Optional<Caller>>> two = List.of(threads.submit(() -> who("one")),
                threads.submit(() -> who("two")));
        arrived.acquire(2);
        assertThatThrownBy(() -> who("three")).isInstanceOfSatisfying(ApiFault.class,
                no -> assertThat(no.code()).isEqualTo(429));
        never.countDown();
        for (Future<Optional<Caller>> one : two) {
            assertThat(one.get()).isPresent();
        }
        assertThat(who("three")).isPresent();
    }

    @Test
    void oneAddressThatShowsTokenAfterTokenKeepsNobodyElseOut() throws Exception {
        hangs = true;
        List<Future<Optional<Caller>>> all = new ArrayList<>(List.of(
                threads.submit(() -> from("192.0.2.1", "one")), threads.submit(() -> from("192.0.2.1", "two"))));
        arrived.acquire(2);
        assertThatThrownBy(() -> from("192.0.2.1", "three")).isInstanceOfSatisfying(ApiFault.class,
                no -> assertThat(no.code()).isEqualTo(429));
        all.add(threads.submit(() -> from("192.0.2.2", "good")));
        arrived.acquire();
        never.countDown();
        for (Future<Optional<Caller>> one : all) {
            assertThat(one.get()).isPresent();
        }
    }

    @Test
    void strangersBehindOneAddressKeepNobodyOutWhoseTokenWasGoodBefore() throws Exception {
        assertThat(from("192.0.2.1", "good")).isPresent();
        arrived.acquire();
        nanos += Duration.ofMinutes(1).toNanos();
        hangs = true;
        List<Future<Optional<Caller>>> all = new ArrayList<>(List.of(
                threads.submit(() -> from("192.0.2.1", "one")), threads.submit(() -> from("192.0.2.1", "two"))));
        arrived.acquire(2);
        assertThatThrownBy(() -> from("192.0.2.1", "three")).isInstanceOf(ApiFault.class);
        all.add(threads.submit(() -> from("192.0.2.1", "good")));
        arrived.acquire();
        never.countDown();
        for (Future<Optional<Caller>> one : all) {
            assertThat(one.get()).isPresent();
        }
    }

    @Test
    void aWebhookThatHangsIsWaitedForAsLongAsItsTimeout() throws Exception {
        authenticator.close();
        authenticator = authenticator("v1", Duration.ofMillis(200));
        hangs = true;
        assertThatThrownBy(() -> who("good")).isInstanceOf(BadCredential.class);
        assertThat(reports.getLast()).contains("context deadline exceeded");
    }

    @Test
    void whatStrangersSendDisplacesNobodyAndIsBounded() throws Exception {
        assertThat(who("good")).isPresent();
        ReviewCache cache = new ReviewCache(Duration.ofMinutes(1), () -> nanos);
        TokenReview.Answer nobody = new TokenReview.Answer(Optional.empty(), List.of(), "");
        ReviewCache.Key good = ReviewCache.Key.of("good", List.of());
        cache.put(good, new TokenReview.Answer(who("good"), List.of(), ""));
        for (int i = 0; i < 2 * ReviewCache.MOST; i++) {
            cache.put(ReviewCache.Key.of("strange-" + i, List.of()), nobody);
        }
        assertThat(cache.size()).isEqualTo(ReviewCache.MOST + 1);
        assertThat(cache.get(good)).isPresent();
    }

    @Test
    void flagsAreUpstreams() {
        TokenWebhookOptions none = TokenWebhookOptions.of("authorization-mode=RBAC");
        assertThat(none).isEqualTo(new TokenWebhookOptions("", "v1beta1", Duration.ofMinutes(2), List.of()));
        assertThat(TokenWebhookOptions.of("authentication-token-webhook-config-file=/x",
                "authentication-token-webhook-version=v2", "authentication-token-webhook-cache-ttl=soon").problems())
                .containsExactlyInAnyOrder(
                        "invalid argument \"soon\" for \"--authentication-token-webhook-cache-ttl\" flag",
                        "unsupported authentication webhook version \"v2\", supported versions are \"v1\", \"v1beta1\"");
    }
}

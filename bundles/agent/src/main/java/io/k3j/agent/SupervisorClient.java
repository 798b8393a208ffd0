package io.k3j.agent;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/// Asks a supervisor. For a few calls, then closed: nothing is kept alive between two times of asking.
final class SupervisorClient implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /// How long the first connection may take, with TLS; each further one twice as long. A load balancer in front of
    /// the servers takes connections also for one that is away, until it has noticed; the next goes to another.
    private static final Duration FIRST_CONNECT = Duration.ofMillis(500);
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(4);
    private static final int MAX_BODY = 4 << 20;
    private static final int MAX_MESSAGE = 300;

    private final String base;
    private final String authorization;
    private final SSLContext tls;
    private final ExecutorService threads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("agent-http-", 0).factory());
    private Duration patience = FIRST_CONNECT;
    private HttpClient client;

    /// Asks `base` (scheme, host and port), showing an `Authorization` unless it is empty.
    SupervisorClient(URI base, SSLContext tls, String authorization) {
        this.base = base.toString();
        this.authorization = authorization;
        this.tls = tls;
        this.client = connecting();
    }

    private HttpClient connecting() {
        // one connection per server is enough for eight calls, and an upgrade to HTTP/2 is not needed for them
        return HttpClient.newBuilder().sslContext(tls).connectTimeout(patience).executor(threads)
                .version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).build();
    }

    /// The body of a good answer.
    /// @throws SupervisorFault any other answer
    /// @throws IOException when there was none
    String get(String path) throws IOException {
        return text(request(path).GET().build(), path);
    }

    /// Sends bytes and headers; the body of a good answer.
    String post(String path, byte[] body, Map<String, String> headers) throws IOException {
        HttpRequest.Builder request = request(path).POST(BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return text(request.build(), path);
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(LIMIT);
        return authorization.isEmpty() ? request : request.header("authorization", authorization);
    }

    private String text(HttpRequest request, String path) throws IOException {
        try {
            HttpResponse<InputStream> answer = send(request);
            answer.headers().allValues("warning").forEach(w -> LOG.log(System.Logger.Level.WARNING, "server: " + w));
            try (InputStream body = answer.body()) {
                String text = new String(body.readNBytes(MAX_BODY), StandardCharsets.UTF_8);
                if (answer.statusCode() / 100 != 2) {
                    throw new SupervisorFault(answer.statusCode(), path, message(text));
                }
                return text;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    /// Nothing has been sent over a connection that did not come about, so that any request may be made again.
    private HttpResponse<InputStream> send(HttpRequest request) throws IOException, InterruptedException {
        while (true) {
            try {
                return client.send(request, BodyHandlers.ofInputStream());
            } catch (HttpConnectTimeoutException silent) {
                if (patience.compareTo(LONGEST_CONNECT) >= 0) {
                    throw silent;
                }
                LOG.log(System.Logger.Level.DEBUG, "no connection to {0} within {1}, another one is made", base,
                        patience);
                patience = patience.multipliedBy(2);
                client.shutdownNow();
                client = connecting();
            }
        }
    }

    private static String message(String body) {
        try {
            return Json.object(body.getBytes(StandardCharsets.UTF_8)).text("message");
        } catch (MalformedInput noStatus) {
            return body.strip().substring(0, Math.min(body.strip().length(), MAX_MESSAGE));
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdownNow();
    }
}

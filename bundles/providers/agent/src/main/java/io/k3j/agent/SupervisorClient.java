package io.k3j.agent;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.componentbase.Termination;
import io.k3j.pki.TimedAnswer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/// An HTTP client of a supervisor for a few requests; close it afterwards, because idle connections are of no
/// use.
final class SupervisorClient implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /// Limit of the first attempt to connect, TLS included; doubled for each further attempt. A load balancer
    /// in front of the servers accepts connections for a server that is down until it notices; the next attempt
    /// may reach another server.
    private static final Duration MIN_CONNECT = Duration.ofMillis(500);
    private static final Duration MAX_CONNECT = Duration.ofSeconds(4);
    /// How long a close waits for the threads of a request that it has cancelled.
    private static final Duration STOP = Duration.ofSeconds(1);
    /// Between two tries of a request that a server has no place for now: half of it to the whole, at random, and
    /// twice as long after each. Many agents may have begun together, as after a power failure.
    private static final long MIN_PAUSE_MILLIS = 200;
    private static final long MAX_PAUSE_MILLIS = 10_000;
    private static final int MAX_BODY = 4 << 20;
    private static final int MAX_MESSAGE = 300;

    private final String base;
    private final String authorization;
    private final SSLContext tls;
    private final Duration limit;
    private final Duration patience;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("agent-http-", 0).factory());
    private Duration connectTimeout = MIN_CONNECT;
    private HttpClient client;

    /// @param base scheme, host and port
    /// @param authorization the `Authorization` header; empty for none
    SupervisorClient(URI base, SSLContext tls, String authorization) {
        this(base, tls, authorization, Duration.ZERO);
    }

    /// @param patience for how long a request is made again that the server answers by 429
    SupervisorClient(URI base, SSLContext tls, String authorization, Duration patience) {
        this(base, tls, authorization, patience, LIMIT);
    }

    /// @param limit of one request, until its whole answer is there
    SupervisorClient(URI base, SSLContext tls, String authorization, Duration patience, Duration limit) {
        this.limit = limit;
        this.patience = patience;
        this.base = base.toString();
        this.authorization = authorization;
        this.tls = tls;
        this.client = newClient();
    }

    private HttpClient newClient() {
        // HTTP/1.1: an upgrade to HTTP/2 does not pay for eight requests
        return HttpClient.newBuilder().sslContext(tls).connectTimeout(connectTimeout).executor(threads)
                .version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).build();
    }

    /// The body of a 2xx answer. Blocks.
    /// @throws SupervisorFault for any other answer
    /// @throws IOException without an answer
    String get(String path) throws IOException {
        return text(request(path).GET().build(), path);
    }

    /// Sends bytes and headers; returns the body of a 2xx answer. Blocks.
    String post(String path, byte[] body, Map<String, String> headers) throws IOException {
        HttpRequest.Builder request = request(path).POST(BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return text(request.build(), path);
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(limit);
        return authorization.isEmpty() ? request : request.header("authorization", authorization);
    }

    private String text(HttpRequest request, String path) throws IOException {
        try {
            HttpResponse<byte[]> answer = placed(request);
            answer.headers().allValues("warning").forEach(w -> LOG.log(System.Logger.Level.WARNING, "Server: " + w));
            String text = new String(answer.body(), StandardCharsets.UTF_8);
            if (answer.statusCode() / 100 != 2) {
                throw new SupervisorFault(answer.statusCode(), path, message(text));
            }
            return text;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /// Who begins anew where one request of several finds no place may never find one for all of them.
    private HttpResponse<byte[]> placed(HttpRequest request) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        long pause = MIN_PAUSE_MILLIS;
        while (true) {
            HttpResponse<byte[]> answer = send(request);
            if (answer.statusCode() != SupervisorFault.TOO_MANY || System.nanoTime() - end >= 0) {
                return answer;
            }
            if (pause == MIN_PAUSE_MILLIS) {
                LOG.log(System.Logger.Level.INFO, "Server is busy, asking again path={0}", request.uri().getPath());
            }
            long millis = pause / 2 + RandomGenerator.getDefault().nextLong(pause / 2 + 1);
            if (closed.await(millis, TimeUnit.MILLISECONDS)) {
                return answer;
            }
            pause = Math.min(2 * pause, MAX_PAUSE_MILLIS);
        }
    }

    /// After a connect timeout nothing has been sent, so that any request may be repeated.
    private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
        while (true) {
            try {
                return whole(request);
            } catch (HttpConnectTimeoutException timeout) {
                if (connectTimeout.compareTo(MAX_CONNECT) >= 0) {
                    throw timeout;
                }
                LOG.log(System.Logger.Level.DEBUG, "No connection to {0} within {1}, another one is made", base,
                        connectTimeout);
                connectTimeout = connectTimeout.multipliedBy(2);
                client.shutdownNow();
                client = newClient();
            }
        }
    }

    private HttpResponse<byte[]> whole(HttpRequest request) throws IOException, InterruptedException {
        return TimedAnswer.of(client, request, limit, MAX_BODY, request.uri().getPath()
                + " was not answered as a whole within " + limit.toMillis() + " ms");
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
        closed.countDown();
        client.shutdownNow();
        Termination.of(threads, "agent-http", STOP);
    }
}

package io.k3j.clienthttp;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentbase.Termination;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Sends requests under one identity. Loads its kubeconfig again when one of its files has changed, so that a
/// renewed certificate is used from the next request on. Thread-safe; each call blocks.
final class Connection implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.clienthttp");
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /// Limit from the request to the head of the answer.
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /// The largest answer except a watch's; a page of a list holds 500 objects.
    private static final int MAX_BODY = 256 << 20;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int MAX_ATTEMPTS = 10;
    private static final long PAUSE_SECONDS = 1;
    /// The longest pause before a request is made again, whatever the server wishes: its caller waits that long.
    static final long MAX_PAUSE_SECONDS = 30;
    /// How long a close waits for the threads of requests that it has cancelled.
    private static final Duration STOP = Duration.ofSeconds(1);
    private static final String USER_AGENT = "k3j/v1.36.2";

    private final Path file;
    private final String name;
    private final RestMetrics metrics;
    private final ExecutorService threads;
    private final Semaphore closed = new Semaphore(0);
    private @Nullable KubeConfigFile config;
    private @Nullable HttpClient client;
    private long lastCheck;

    /// Authenticates as the user of a kubeconfig.
    ///
    /// @param metrics told of each request
    Connection(Path file, String name, RestMetrics metrics) {
        this.file = file;
        this.metrics = metrics;
        this.name = "api-" + name;
        this.threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(this.name + "-", 0).factory());
    }

    /// The kubeconfig in use and its client.
    private record Session(KubeConfigFile config, HttpClient client) {
    }

    /// A request: method, path with query, body with its type (empty: none); `accept` is the requested media
    /// type.
    record Request(String method, String path, String type, byte[] body, String accept) {
        Request(String method, String path, String type, byte[] body) {
            this(method, path, type, body, "application/json");
        }

        static Request get(String path) {
            return new Request("GET", path, "", new byte[0]);
        }

        Request accepting(String form) {
            return new Request(method, path, type, body, form);
        }

        boolean safe() {
            return method.equals("GET");
        }
    }

    private synchronized Session session() throws IOException {
        if (closed.availablePermits() > 0) {
            throw new IOException("the client has been closed");
        }
        KubeConfigFile known = config;
        HttpClient open = client;
        boolean due = System.nanoTime() - lastCheck >= CHECK_NANOS;
        lastCheck = due ? System.nanoTime() : lastCheck;
        if (known != null && open != null && (!due || known.fresh())) {
            return new Session(known, open);
        }
        KubeConfigFile read = KubeConfigFile.read(file);
        HttpClient next = HttpClient.newBuilder().sslContext(read.tls()).connectTimeout(CONNECT_TIMEOUT)
                .executor(threads)
                .version(HttpClient.Version.HTTP_2).followRedirects(HttpClient.Redirect.NEVER).build();
        if (open != null) {
            // requests in progress finish on the old client
            open.shutdown();
        }
        config = read;
        client = next;
        return new Session(read, next);
    }

    /// The body of a 2xx answer.
    /// @throws ApiFault the server's refusal; 503 when no server is reachable
    byte[] send(Request request) {
        try (InputStream body = open(request)) {
            byte[] bytes = body.readNBytes(MAX_BODY + 1);
            if (bytes.length > MAX_BODY) {
                throw ApiFault.internal("the answer to " + request.path() + " is too long");
            }
            return bytes;
        } catch (IOException broken) {
            throw unreachable(broken);
        }
    }

    /// The body of a 2xx answer as a stream; the caller closes it. A server that answers 429 is asked again when it
    /// wishes, as client-go does, but after 30 s at the latest.
    /// @throws ApiFault as [#send]
    InputStream open(Request request) {
        for (int attempt = 1;; attempt++) {
            try {
                HttpResponse<InputStream> answer = sendOnce(request);
                if (answer.statusCode() / 100 == 2) {
                    return answer.body();
                }
                ApiFault fault = refused(answer);
                OptionalLong seconds = pause(answer.statusCode(),
                        answer.headers().firstValue("retry-after").orElse(""));
                if (seconds.isEmpty() || attempt == MAX_ATTEMPTS) {
                    throw fault;
                }
                pause(seconds.getAsLong());
            } catch (IOException broken) {
                // the load balancer may have closed a pooled connection; a new connection reaches another
                // server
                if (!request.safe() || attempt > 1) {
                    throw unreachable(broken);
                }
            }
        }
    }

    private HttpResponse<InputStream> sendOnce(Request request) throws IOException {
        Session session = session();
        URI address = URI.create(session.config().server() + request.path());
        HttpRequest.Builder builder = HttpRequest.newBuilder(address)
                .timeout(ANSWER_TIMEOUT).header("accept", request.accept()).header("user-agent", USER_AGENT)
                .method(request.method(), BodyPublishers.ofByteArray(request.body()));
        if (!request.type().isEmpty()) {
            builder.header("content-type", request.type());
        }
        session.config().token().ifPresent(t -> builder.header("authorization", "Bearer " + t));
        long begun = System.nanoTime();
        int code = 0;
        try {
            HttpResponse<InputStream> answer = session.client().send(builder.build(), BodyHandlers.ofInputStream());
            code = answer.statusCode();
            return answer;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        } finally {
            counted(String.valueOf(address.getAuthority()), request.method(), code, System.nanoTime() - begun);
        }
    }

    /// @param code 0 for no answer
    private void counted(String host, String method, int code, long nanos) {
        if (code == 0) {
            metrics.failed(host, method, nanos);
        } else {
            metrics.answered(host, method, code, nanos);
        }
    }

    private static ApiFault refused(HttpResponse<InputStream> answer) throws IOException {
        try (InputStream body = answer.body()) {
            return ResponseFaults.of(answer.statusCode(), body.readNBytes(ResponseFaults.MAX_STATUS));
        }
    }

    private static ApiFault unreachable(IOException cause) {
        LOG.log(System.Logger.Level.DEBUG, "API not reached", cause);
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return ApiFault.unavailable("the API server cannot be reached: " + why);
    }

    /// After how many seconds a request is made again that was answered so; empty: never.
    ///
    /// @param wish the header `Retry-After`, which only counts in seconds, as with client-go
    static OptionalLong pause(int status, String wish) {
        if (status != TOO_MANY_REQUESTS) {
            return OptionalLong.empty();
        }
        boolean number = !wish.isEmpty() && wish.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!number) {
            return OptionalLong.of(PAUSE_SECONDS);
        }
        boolean far = wish.length() > Long.toString(Integer.MAX_VALUE).length();
        return OptionalLong.of(far ? MAX_PAUSE_SECONDS : Math.min(Long.parseLong(wish), MAX_PAUSE_SECONDS));
    }

    private void pause(long seconds) throws IOException {
        try {
            if (closed.tryAcquire(seconds, TimeUnit.SECONDS)) {
                closed.release();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /// Cancels all requests in progress, and waits until nothing of them is read any more.
    @Override
    public void close() {
        HttpClient open;
        synchronized (this) {
            closed.release();
            open = client;
            client = null;
        }
        if (open != null) {
            open.shutdownNow();
        }
        Termination.of(threads, name, STOP);
    }
}

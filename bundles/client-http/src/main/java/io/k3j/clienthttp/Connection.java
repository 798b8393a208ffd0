package io.k3j.clienthttp;

import io.k3j.clientapi.ApiFault;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Requests under one identity. Reads its kubeconfig anew when a file of it has changed, so that a renewed
/// certificate counts from the next request on. Any number of threads; each call blocks.
final class Connection implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.clienthttp");
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /// From the request to the head of the answer.
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /// The largest answer but of a watch; a page of a list holds 500 objects.
    private static final int MAX_BODY = 256 << 20;
    private static final int TOO_MANY = 429;
    private static final int MAX_TRIES = 10;
    private static final long PAUSE_MILLIS = 1_000;
    private static final String AGENT = "k3j/v1.36.2";

    private final Path file;
    private final ExecutorService threads;
    private final Semaphore closed = new Semaphore(0);
    private @Nullable KubeConfigFile config;
    private @Nullable HttpClient client;
    private long looked;

    /// Speaks as the user of a kubeconfig.
    Connection(Path file, String name) {
        this.file = file;
        this.threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("api-" + name + "-", 0).factory());
    }

    /// Who is asked, and how.
    private record Door(KubeConfigFile config, HttpClient client) {
    }

    /// What is sent: a method, path and query, and a body with its type (empty: none); `accept` is the form wanted.
    record Ask(String method, String path, String type, byte[] body, String accept) {
        Ask(String method, String path, String type, byte[] body) {
            this(method, path, type, body, "application/json");
        }

        static Ask get(String path) {
            return new Ask("GET", path, "", new byte[0]);
        }

        Ask accepting(String form) {
            return new Ask(method, path, type, body, form);
        }

        boolean safe() {
            return method.equals("GET");
        }
    }

    private synchronized Door door() throws IOException {
        if (closed.availablePermits() > 0) {
            throw new IOException("the client has been closed");
        }
        KubeConfigFile known = config;
        HttpClient open = client;
        boolean due = System.nanoTime() - looked >= LOOK_NANOS;
        looked = due ? System.nanoTime() : looked;
        if (known != null && open != null && (!due || known.fresh())) {
            return new Door(known, open);
        }
        KubeConfigFile read = KubeConfigFile.read(file);
        HttpClient next = HttpClient.newBuilder().sslContext(read.tls()).connectTimeout(CONNECT).executor(threads)
                .version(HttpClient.Version.HTTP_2).followRedirects(HttpClient.Redirect.NEVER).build();
        if (open != null) {
            // requests under way end in peace
            open.shutdown();
        }
        config = read;
        client = next;
        return new Door(read, next);
    }

    /// The body of a good answer.
    /// @throws ApiFault what the server refused; 503 when it cannot be reached
    byte[] send(Ask ask) {
        try (InputStream body = open(ask)) {
            byte[] bytes = body.readNBytes(MAX_BODY + 1);
            if (bytes.length > MAX_BODY) {
                throw ApiFault.internal("the answer to " + ask.path() + " is too long");
            }
            return bytes;
        } catch (IOException cut) {
            throw unreachable(cut);
        }
    }

    /// The body of a good answer as it comes; the caller closes it.
    /// @throws ApiFault as [#send]
    InputStream open(Ask ask) {
        for (int tries = 1;; tries++) {
            try {
                HttpResponse<InputStream> answer = once(ask);
                if (answer.statusCode() / 100 == 2) {
                    return answer.body();
                }
                ApiFault fault = refused(answer);
                if (answer.statusCode() != TOO_MANY || tries == MAX_TRIES) {
                    throw fault;
                }
                pause();
            } catch (IOException cut) {
                // a connection that the load balancer has closed under us: the next one goes elsewhere
                if (!ask.safe() || tries > 1) {
                    throw unreachable(cut);
                }
            }
        }
    }

    private HttpResponse<InputStream> once(Ask ask) throws IOException {
        Door door = door();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(door.config().server() + ask.path()))
                .timeout(ANSWER).header("accept", ask.accept()).header("user-agent", AGENT)
                .method(ask.method(), BodyPublishers.ofByteArray(ask.body()));
        if (!ask.type().isEmpty()) {
            request.header("content-type", ask.type());
        }
        door.config().token().ifPresent(t -> request.header("authorization", "Bearer " + t));
        try {
            return door.client().send(request.build(), BodyHandlers.ofInputStream());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    private static ApiFault refused(HttpResponse<InputStream> answer) throws IOException {
        try (InputStream body = answer.body()) {
            return Faults.of(answer.statusCode(), body.readNBytes(Faults.MAX_STATUS));
        }
    }

    private static ApiFault unreachable(IOException cause) {
        LOG.log(System.Logger.Level.DEBUG, "API not reached", cause);
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return ApiFault.unavailable("the API server cannot be reached: " + why);
    }

    private void pause() throws IOException {
        try {
            if (closed.tryAcquire(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                closed.release();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    /// Cuts everything that is under way.
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
        threads.shutdownNow();
    }
}

package io.k3j.webhookclient;

import io.k3j.componentbase.Termination;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Posts JSON to the webhook of a flag, as upstream's `GenericWebhook` does: with the credentials of its kubeconfig,
/// the certificate verified, through the proxy the environment names, no redirect followed. Connections are kept. Any
/// thread; blocks.
public final class KubeconfigClient implements AutoCloseable {
    /// How long a close waits for threads of requests that it has cancelled.
    private static final Duration STOP = Duration.ofMillis(200);
    private static final int MOST_SAID_BYTES = 500;
    private final WebhookKubeconfig config;
    private final Settings settings;
    private final ExecutorService threads;
    private final HttpClient client;
    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// What differs between those who ask.
    /// @param thread what threads are named
    /// @param mostAnswerBytes a longer answer is a failure
    public record Settings(String thread, int mostAnswerBytes) {
    }

    /// Connects with the first request.
    public KubeconfigClient(WebhookKubeconfig config, Settings settings) {
        this.config = config;
        this.settings = settings;
        this.threads = Executors
                .newThreadPerTaskExecutor(Thread.ofVirtual().name(settings.thread + "-", 0).factory());
        HttpClient.Builder builder = HttpClient.newBuilder().executor(threads).version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).proxy(HttpClient.Builder.NO_PROXY);
        config.tls().ifPresent(builder::sslContext);
        config.proxy().ifPresent(through -> through.on(builder));
        this.client = builder.build();
    }

    /// The body of the answer.
    /// @param limit from the first packet to the last byte; the server is told of it in whole seconds
    /// @throws CallFailure for anything but an answer with a status of success; says nothing secret
    public byte[] post(byte[] body, Duration limit) throws CallFailure {
        long end = System.nanoTime() + limit.toNanos();
        URI address = URI.create(config.server() + "?timeout="
                + limit.plusNanos(TimeUnit.SECONDS.toNanos(1) - 1).toSeconds() + "s");
        String what = "Post \"" + address + "\": ";
        try {
            return checked(answer(request(address, body), end));
        } catch (TimeoutException | HttpTimeoutException late) {
            throw new CallFailure(what + "context deadline exceeded");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallFailure(what + "context canceled");
        } catch (CancellationException | RejectedExecutionException e) {
            throw new CallFailure(what + "context canceled");
        } catch (IOException e) {
            throw new CallFailure(what + said(e));
        }
    }

    /// The JDK's client does not always say what has failed, nor that it was closed.
    private String said(IOException why) {
        if (closed) {
            return "context canceled";
        }
        if (why instanceof ConnectException) {
            return "cannot connect";
        }
        return why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
    }

    private HttpRequest request(URI address, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .header("User-Agent", "kube-apiserver").header("Accept", "application/json, */*")
                .header("Content-Type", "application/json");
        String authorization = config.authorization();
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return request.build();
    }

    /// A connection that was kept may have been closed by its server meanwhile: what was not begun to be answered is
    /// asked again, once.
    private HttpResponse<byte[]> answer(HttpRequest request, long end)
            throws IOException, InterruptedException, TimeoutException {
        AtomicBoolean begun = new AtomicBoolean();
        try {
            return once(request, begun, end);
        } catch (ConnectException | SSLException | HttpTimeoutException e) {
            throw e;
        } catch (IOException stale) {
            if (begun.get() || closed) {
                throw stale;
            }
            return once(request, begun, end);
        }
    }

    private HttpResponse<byte[]> once(HttpRequest request, AtomicBoolean begun, long end)
            throws IOException, InterruptedException, TimeoutException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, head -> {
            begun.set(true);
            return HttpResponse.BodySubscribers.limiting(HttpResponse.BodySubscribers.ofByteArray(),
                    settings.mostAnswerBytes);
        });
        open.add(answer);
        try {
            if (closed) {
                throw new CancellationException();
            }
            return answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            open.remove(answer);
            // without effect on one that is done; else it closes the connection
            answer.cancel(true);
        }
    }

    private static IOException failure(@Nullable Throwable cause) {
        return cause instanceof IOException known ? known : new IOException(String.valueOf(cause), cause);
    }

    private static byte[] checked(HttpResponse<byte[]> answer) throws CallFailure {
        if (answer.statusCode() / 100 == 2) {
            return answer.body();
        }
        String said = new String(answer.body(), 0, Math.min(MOST_SAID_BYTES, answer.body().length),
                StandardCharsets.UTF_8);
        throw new CallFailure(WebhookClient.told(answer.statusCode(), said));
    }

    /// Ends requests that are not answered yet.
    @Override
    public void close() {
        closed = true;
        open.forEach(answer -> answer.cancel(true));
        client.shutdownNow();
        Termination.of(threads, settings.thread, STOP);
    }
}

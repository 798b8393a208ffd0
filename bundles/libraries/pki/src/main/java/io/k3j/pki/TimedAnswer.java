package io.k3j.pki;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits for an answer with its body: the timeout of `HttpRequest` ends where the body begins, and a server that stops
/// there would be waited for without end.
public final class TimedAnswer {
    /// More than the client has for itself, whose own errors say more: whether it was reached at all.
    private static final Duration GRACE = Duration.ofSeconds(1);

    private TimedAnswer() {
    }

    /// Blocks for the request's timeout and a second at most.
    /// @param timeout of a request that has none
    /// @param bytes more are an error
    /// @param late says that it was late
    /// @throws IOException of the client as it is; when it is late, the connection is closed
    public static HttpResponse<byte[]> of(HttpClient client, HttpRequest request, Duration timeout, int bytes,
            String late) throws IOException, InterruptedException {
        try {
            return within(client, request, request.timeout().orElse(timeout).plus(GRACE), bytes);
        } catch (TimeoutException stalled) {
            throw new IOException(late, stalled);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException broken) {
                throw broken;
            }
            throw new IOException(failed.getCause());
        }
    }

    /// The same for those who have words of their own for what fails. Blocks for the limit at most.
    /// @param bytes more are an error, whatever length was announced
    /// @throws TimeoutException when it is late; the connection is closed
    /// @throws ExecutionException whose cause is the client's error
    public static HttpResponse<byte[]> within(HttpClient client, HttpRequest request, Duration limit, int bytes)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request,
                HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), bytes));
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            // without effect on one that is done; else it closes the connection
            answer.cancel(true);
        }
    }
}

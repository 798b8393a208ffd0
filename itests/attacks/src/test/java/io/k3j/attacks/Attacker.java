package io.k3j.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.Api;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Somebody who reaches the API server over HTTPS and holds a token.
final class Attacker implements AutoCloseable {
    /// What is promised is asserted where nothing else runs.
    private static final Duration LIMIT = Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 20 : 120);
    private final Api api;
    private final String token;

    Attacker(Api api, String token) {
        this.api = api;
        this.token = token;
    }

    /// A request of his to a path.
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(api.at(path)).timeout(LIMIT).header("Authorization", "Bearer " + token);
    }

    /// Sends a body; `with` are names and values of further headers.
    HttpResponse<String> send(String method, String path, String type, String body, String... with)
            throws IOException, InterruptedException {
        return send(method, path, type, body.getBytes(StandardCharsets.UTF_8), with);
    }

    /// The same for what is no text.
    HttpResponse<String> send(String method, String path, String type, byte[] body, String... with)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).header("Content-Type", type)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        return sent(with.length == 0 ? request : request.headers(with));
    }

    /// Sends a request.
    HttpResponse<String> sent(HttpRequest.Builder request) throws IOException, InterruptedException {
        return api.client().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /// Begins to send a request.
    CompletableFuture<HttpResponse<String>> begin(HttpRequest.Builder request) {
        return api.client().sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String... with) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path);
        return sent(with.length == 0 ? request : request.headers(with));
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return send("POST", path, "application/json", json);
    }

    HttpResponse<String> put(String path, String json) throws IOException, InterruptedException {
        return send("PUT", path, "application/json", json);
    }

    HttpResponse<String> merge(String path, String json) throws IOException, InterruptedException {
        return send("PATCH", path, "application/merge-patch+json", json);
    }

    /// Asks for a WebSocket, as `kubectl exec` does.
    /// @return the status it is refused with; 101 when it is not
    int webSocket(String path) throws InterruptedException {
        URI to = URI.create(api.at(path).toString().replaceFirst("^https", "wss"));
        try {
            api.client().newWebSocketBuilder().header("Authorization", "Bearer " + token)
                    .subprotocols("v4.channel.k8s.io").buildAsync(to, new WebSocket.Listener() {
                    }).get(LIMIT.toSeconds(), TimeUnit.SECONDS).abort();
            return 101;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                return refused.getResponse().statusCode();
            }
            throw new AssertionError(path, e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("no answer: " + path, e);
        }
    }

    /// Writes a request head of HTTP/1.1 as it is, `\n` for the end of a line, with his token.
    /// @return the first line of the answer; empty when there is none but the end
    String raw(String head) throws IOException {
        URI to = api.at("/");
        try (Socket socket = api.client().sslContext().getSocketFactory().createSocket(to.getHost(), to.getPort())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            String all = head.replace("\n", "\r\n") + "Host: kubernetes\r\nAuthorization: Bearer " + token + "\r\n\r\n";
            socket.getOutputStream().write(all.getBytes(StandardCharsets.ISO_8859_1));
            BufferedReader answer = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String line = answer.readLine();
            return line == null ? "" : line;
        }
    }

    /// Asserts how he is refused.
    static void refused(HttpResponse<String> answer, int status, String message) {
        assertThat(answer.statusCode()).as("%s: %s", answer.uri(), shown(answer)).isEqualTo(status);
        assertThat(answer.body().replace("\\\"", "\"")).contains(message);
    }

    /// Asserts that he may do this much.
    static void let(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as("%s: %s", answer.uri(), shown(answer)).isBetween(200, 299);
    }

    private static String shown(HttpResponse<String> answer) {
        return answer.body().substring(0, Math.min(answer.body().length(), 2000));
    }

    @Override
    public void close() {
        api.close();
    }
}

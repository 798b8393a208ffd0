package io.k3j.kubectl;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// HTTP to one API server. Blocks.
final class Api implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private final Kubeconfig config;
    private final HttpClient http;

    Api(Kubeconfig config) {
        this.config = config;
        this.http = HttpClient.newBuilder().sslContext(config.tls()).connectTimeout(CONNECT).build();
    }

    Kubeconfig config() {
        return config;
    }

    /// The answer's object.
    /// @throws CommandFailure with the server's message when it refuses
    Struct call(String method, String path, String contentType, byte[] body, String accept) {
        try (InputStream in = open(method, path, contentType, body, accept)) {
            return Json.object(in.readAllBytes());
        } catch (IOException e) {
            throw gone(e);
        }
    }

    Struct get(String path) {
        return call("GET", path, "", new byte[0], "application/json");
    }

    /// The answer's body, to be read as it comes.
    InputStream open(String method, String path, String contentType, byte[] body, String accept) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(config.server() + path))
                .header("Accept", accept)
                .header("User-Agent", "kubectl/k3j")
                .method(method, body.length == 0 ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(body));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        if (!config.token().isEmpty()) {
            request.header("Authorization", "Bearer " + config.token());
        }
        try {
            HttpResponse<InputStream> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() >= 300) {
                throw refused(answer);
            }
            return answer.body();
        } catch (IOException e) {
            throw gone(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new ByteArrayInputStream(new byte[0]);
        }
    }

    private static CommandFailure refused(HttpResponse<InputStream> answer) throws IOException {
        byte[] body = answer.body().readAllBytes();
        Struct status = body.length > 0 && body[0] == '{' ? Json.object(body) : Struct.EMPTY;
        String reason = status.text("reason");
        return new CommandFailure("Error from server" + (reason.isEmpty() ? "" : " (" + reason + ")") + ": "
                + status.text("message", "HTTP " + answer.statusCode()));
    }

    private CommandFailure gone(IOException e) {
        return new CommandFailure("The connection to the server " + config.server() + " was refused or cut ("
                + e.getMessage() + ") - did you specify the right host or port?");
    }

    WebSocket socket(String path, String protocol, WebSocket.Listener listener) {
        WebSocket.Builder b = http.newWebSocketBuilder().subprotocols(protocol).connectTimeout(CONNECT);
        if (!config.token().isEmpty()) {
            b.header("Authorization", "Bearer " + config.token());
        }
        return b.buildAsync(URI.create(config.server().replace("https://", "wss://") + path), listener).join();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}

package io.k3j.authwebhook;

import com.sun.net.httpserver.HttpExchange;
import io.k3j.testkithttps.HttpsPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A webhook's server on a port of this machine, with an authority of its own. What it answers can be changed.
final class ReviewServer implements AutoCloseable {
    /// The bodies of its requests.
    final List<String> asked = new CopyOnWriteArrayList<>();
    private final HttpsPort server;
    private volatile Handler handler = exchange -> answer(exchange, "v1", "{}");

    /// Answers.
    interface Handler {
        /// Answers, or does not.
        void handle(HttpExchange exchange) throws IOException, InterruptedException;
    }

    ReviewServer() throws Exception {
        server = new HttpsPort("reviews").at("/", this::serve).started();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            handler.handle(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    ReviewServer answers(Handler other) {
        handler = other;
        return this;
    }

    /// @param status of the review
    ReviewServer answers(String version, String status) {
        return answers(exchange -> answer(exchange, version, status));
    }

    private static void answer(HttpExchange exchange, String version, String status) throws IOException {
        byte[] body = ("{\"kind\":\"SubjectAccessReview\",\"apiVersion\":\"authorization.k8s.io/" + version
                + "\",\"status\":" + status + "}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    /// A kubeconfig that names it.
    Path kubeconfig(Path directory) throws IOException {
        return Files.writeString(directory.resolve("hook.kubeconfig"), """
                clusters: [{name: c, cluster: {server: "https://localhost:%d/", certificate-authority-data: %s}}]
                users: [{name: u, user: {token: secret-token}}]
                contexts: [{name: it, context: {cluster: c, user: u}}]
                current-context: it
                """.formatted(server.number(), server.authorityData()));
    }

    @Override
    public void close() {
        server.close();
    }
}

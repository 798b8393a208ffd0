package io.k3j.webhookclient;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import io.k3j.testkithttps.HttpsPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLPeerUnverifiedException;

/// A webhook's server on a port of this machine, with an authority of its own, which knows clients by certificates of
/// the same. What it answers can be changed; who asked for what is kept.
final class KnowingServer implements AutoCloseable {
    /// The client, the header `Authorization`, path and query, and the body of each request.
    final List<String> asked = new CopyOnWriteArrayList<>();
    private final HttpsPort server;
    private volatile Handler handler = exchange -> exchange.sendResponseHeaders(200, -1);

    /// Answers.
    interface Handler {
        /// Answers, or does not.
        void handle(HttpExchange exchange) throws IOException, InterruptedException;
    }

    KnowingServer() throws Exception {
        server = HttpsPort.knowingClients("hooks").at("/", this::serve).started();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(client((HttpsExchange) exchange) + " " + exchange.getRequestHeaders().getFirst("Authorization")
                    + " " + exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            handler.handle(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String client(HttpsExchange exchange) {
        try {
            return exchange.getSSLSession().getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException nobody) {
            return "nobody";
        }
    }

    KnowingServer answers(Handler other) {
        handler = other;
        return this;
    }

    String url() {
        return server.url();
    }

    /// PEM in base64.
    String authorities() {
        return server.authorityData();
    }

    HttpsPort.Identity client(String name) {
        return server.client(name);
    }

    @Override
    public void close() {
        server.close();
    }
}

package io.k3j.audit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.webhookclient.KubeconfigClient;
import io.k3j.webhookclient.WebhookKubeconfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A webhook's server on a port of this machine, that collects what it gets; it may fail, or hang.
final class Collector implements AutoCloseable {
    final List<String> bodies = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private volatile Handler handler = exchange -> answer(exchange, 200);

    /// Answers.
    interface Handler {
        /// Answers, or does not.
        void handle(HttpExchange exchange) throws IOException, InterruptedException;
    }

    Collector() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            handler.handle(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Collector answers(Handler other) {
        handler = other;
        return this;
    }

    Collector answers(int status) {
        return answers(exchange -> answer(exchange, status));
    }

    static void answer(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
    }

    /// The stages of events, list by list.
    List<List<String>> stages() {
        return bodies.stream().map(body -> Json.object(body.getBytes(StandardCharsets.UTF_8)).seq("items").structs()
                .stream().map((Struct item) -> item.text("stage")).toList()).toList();
    }

    /// A kubeconfig that names it.
    Path kubeconfig(Path directory) throws IOException {
        return Files.writeString(directory.resolve("hook.kubeconfig"), """
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d/events"}}]
                contexts: [{name: it, context: {cluster: c}}]
                current-context: it
                """.formatted(server.getAddress().getPort()));
    }

    KubeconfigClient client(Path directory) throws IOException {
        return new KubeconfigClient(WebhookKubeconfig.read(kubeconfig(directory), Map.of()),
                new KubeconfigClient.Settings("test", 1_000));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

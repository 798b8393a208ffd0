package io.k3j.testkitobjects;

import com.sun.net.httpserver.HttpExchange;
import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkithttps.HttpsPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/// A webhook's server on a port of this machine, with a certificate for the Service `default/hooks`, `localhost` and
/// 127.0.0.1. What it answers at a path is a function of the request; what it was asked is kept.
public final class HookServer implements AutoCloseable {
    /// The `request` of each question, with the `path` it was sent to.
    public final Queue<Struct> asked = new ConcurrentLinkedQueue<>();
    /// From where it was asked.
    public final Set<InetSocketAddress> clients = ConcurrentHashMap.newKeySet();
    private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
    private final HttpsPort server;

    /// Answers a request by itself.
    public interface Handler {
        /// Answers.
        void handle(HttpExchange exchange, Struct request) throws IOException;
    }

    /// Serves at once.
    public HookServer() throws Exception {
        server = new HttpsPort("hooks", "hooks.default.svc").at("/", this::serve).started();
    }

    private void serve(HttpExchange exchange) throws IOException {
        clients.add(exchange.getRemoteAddress());
        Struct request = Json.object(exchange.getRequestBody().readAllBytes()).struct("request");
        asked.add(request.with("path", exchange.getRequestURI().toString()));
        handlers.getOrDefault(exchange.getRequestURI().getPath(), HookServer::nothing).handle(exchange, request);
    }

    private static void nothing(HttpExchange exchange, Struct request) throws IOException {
        exchange.sendResponseHeaders(404, -1);
        exchange.close();
    }

    /// Where it is.
    public int port() {
        return server.number();
    }

    /// For `caBundle`.
    public String caBundle() {
        return server.authorityData();
    }

    /// Answers at a path with a response, without its uid.
    public HookServer at(String path, Function<Struct, Struct> response) {
        return raw(path, (exchange, request) -> send(exchange, Json.bytes(review(
                response.apply(request).with("uid", request.text("uid"))))));
    }

    /// Answers at a path with whatever.
    public HookServer raw(String path, Handler handler) {
        handlers.put(path, handler);
        return this;
    }

    /// An AdmissionReview.
    public static Struct review(Struct response) {
        return Struct.of("apiVersion", "admission.k8s.io/v1", "kind", "AdmissionReview", "response", response);
    }

    /// Answers 200.
    public static void send(HttpExchange exchange, byte[] body) throws IOException {
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /// A response that lets pass.
    public static Struct allowed() {
        return Struct.of("allowed", true);
    }

    /// A patch of these operations.
    public static Struct patch(Struct... operations) {
        return allowed().with("patchType", "JSONPatch").with("patch",
                Base64.getEncoder().encodeToString(Json.bytes(Seq.of((Object[]) operations))));
    }

    /// An operation of a patch.
    public static Struct add(String path, Object value) {
        return Struct.of("op", "add", "path", path, "value", value);
    }

    /// The paths it was asked at, in order.
    public List<String> paths() {
        return asked.stream().map(r -> r.text("path").replaceAll("\\?.*", "")).toList();
    }

    @Override
    public void close() {
        server.close();
    }
}

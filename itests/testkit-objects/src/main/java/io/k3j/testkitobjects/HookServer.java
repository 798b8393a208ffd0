package io.k3j.testkitobjects;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A webhook's server on a port of this machine, with a certificate for the Service `default/hooks`, `localhost` and
/// 127.0.0.1. What it answers at a path is a function of the request; what it was asked is kept.
public final class HookServer implements AutoCloseable {
    /// The `request` of each question, with the `path` it was sent to.
    public final Queue<Struct> asked = new ConcurrentLinkedQueue<>();
    /// From where it was asked.
    public final Set<InetSocketAddress> clients = ConcurrentHashMap.newKeySet();
    private final CertificateAuthority authority;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
    private final HttpsServer server;

    /// Answers a request by itself.
    public interface Handler {
        /// Answers.
        void handle(HttpExchange exchange, Struct request) throws IOException;
    }

    /// Serves at once.
    public HookServer() throws Exception {
        SecureRandom random = new SecureRandom();
        authority = CertificateAuthority.selfSigned("hooks", Keys.elliptic(), Instant.now(), random);
        KeyPair keys = Keys.elliptic();
        X509Certificate shown = authority.sign(Profile.server("hooks", List.of("localhost", "hooks.default.svc"),
                List.of(InetAddress.getByName("127.0.0.1"))), keys.getPublic(), Instant.now(), random);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", keys.getPrivate(), new char[0],
                new X509Certificate[] {shown, authority.certificate()});
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
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
        return server.getAddress().getPort();
    }

    /// For `caBundle`.
    public String caBundle() {
        return Base64.getEncoder().encodeToString(
                Pem.encode(List.of(authority.certificate())).getBytes(StandardCharsets.UTF_8));
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
        server.stop(0);
        threads.shutdownNow();
    }
}

package io.k3j.authwebhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A webhook's server on a port of this machine, with an authority of its own. What it answers can be changed.
final class ReviewServer implements AutoCloseable {
    /// The bodies of its requests.
    final List<String> asked = new CopyOnWriteArrayList<>();
    private final CertificateAuthority authority;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpsServer server;
    private volatile Handler handler = exchange -> answer(exchange, "v1", "{}");

    /// Answers.
    interface Handler {
        /// Answers, or does not.
        void handle(HttpExchange exchange) throws IOException, InterruptedException;
    }

    ReviewServer() throws Exception {
        SecureRandom random = new SecureRandom();
        authority = CertificateAuthority.selfSigned("reviews", Keys.elliptic(), Instant.now(), random);
        KeyPair keys = Keys.elliptic();
        X509Certificate shown = authority.sign(Profile.server("reviews", List.of("localhost"),
                List.of(InetAddress.getByName("127.0.0.1"))), keys.getPublic(), Instant.now(), random);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", keys.getPrivate(), new char[0], new X509Certificate[] {shown});
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
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
        String authorities = Base64.getEncoder().encodeToString(
                Pem.encode(List.of(authority.certificate())).getBytes(StandardCharsets.UTF_8));
        return Files.writeString(directory.resolve("hook.kubeconfig"), """
                clusters: [{name: c, cluster: {server: "https://localhost:%d/", certificate-authority-data: %s}}]
                users: [{name: u, user: {token: secret-token}}]
                contexts: [{name: it, context: {cluster: c, user: u}}]
                current-context: it
                """.formatted(server.getAddress().getPort(), authorities));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

package io.k3j.webhookclient;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;

/// A webhook's server on a port of this machine, with an authority of its own, which knows clients by certificates of
/// the same. What it answers can be changed; who asked for what is kept.
final class KnowingServer implements AutoCloseable {
    /// The client, the header `Authorization`, path and query, and the body of each request.
    final List<String> asked = new CopyOnWriteArrayList<>();
    private final SecureRandom random = new SecureRandom();
    private final CertificateAuthority authority = CertificateAuthority.selfSigned("hooks", Keys.elliptic(),
            Instant.now(), random);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpsServer server;
    private volatile Handler handler = exchange -> exchange.sendResponseHeaders(200, -1);

    /// Answers.
    interface Handler {
        /// Answers, or does not.
        void handle(HttpExchange exchange) throws IOException, InterruptedException;
    }

    /// A certificate of its authority and the key, PEM in base64.
    record Identity(String certificate, String key) {
    }

    KnowingServer() throws Exception {
        KeyPair keys = Keys.elliptic();
        X509Certificate shown = authority.sign(Profile.server("hooks", List.of("localhost"),
                List.of(InetAddress.getByName("127.0.0.1"))), keys.getPublic(), Instant.now(), random);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", keys.getPrivate(), new char[0], new X509Certificate[] {shown});
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(store, new char[0]);
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, null);
        known.setCertificateEntry("clients", authority.certificate());
        TrustManagerFactory clients = TrustManagerFactory.getInstance("PKIX");
        clients.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), clients.getTrustManagers(), null);
        server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wishes = getSSLContext().getDefaultSSLParameters();
                wishes.setWantClientAuth(true);
                parameters.setSSLParameters(wishes);
            }
        });
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
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
        return "https://localhost:" + server.getAddress().getPort();
    }

    /// PEM in base64.
    String authorities() {
        return base64(Pem.encode(List.of(authority.certificate())));
    }

    Identity client(String name) {
        KeyPair keys = Keys.elliptic();
        return new Identity(
                base64(Pem.encode(List.of(authority.sign(Profile.client(name), keys.getPublic(), Instant.now(),
                        random)))),
                base64(Pem.encode(keys)));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

package io.k3j.clienthttp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.k3j.componentapi.Identity;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.ClientTls;
import io.k3j.pki.KubeConfig;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;

/// An API server with scripted answers: each request takes the next answer and waits for it.
final class ScriptedServer implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private final CertificateAuthority authority = CertificateAuthority.selfSigned("test", Keys.elliptic(),
            Instant.now(), RANDOM);
    private final HttpsServer server;
    private final Path directory;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    /// The requests, as `user METHOD path?query`.
    final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    /// Users whose requests all get 403.
    final Set<String> forbidden = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<HttpExchange> open = new LinkedBlockingQueue<>();

    /// An answer; `hold` keeps the response open after the body.
    record Answer(int code, String body, boolean hold, String retryAfter) {
        Answer(int code, String body, boolean hold) {
            this(code, body, hold, "");
        }
    }

    ScriptedServer(Path directory) throws IOException {
        this.directory = directory;
        KeyPair pair = Keys.elliptic();
        X509Certificate leaf = authority.sign(Profile.server("test", List.of("localhost"),
                List.of(InetAddress.getLoopbackAddress())), pair.getPublic(), Instant.now(), RANDOM);
        var tls = ClientTls.trusting(authority.chain(),
                Optional.of(new ClientTls.Own(List.of(leaf), pair.getPrivate())));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.start();
    }

    /// Where it listens.
    int port() {
        return server.getAddress().getPort();
    }

    /// Writes a kubeconfig for a user under one of K3s' names.
    void kubeconfig(String name, String user) {
        try {
            KeyPair pair = Keys.elliptic();
            X509Certificate leaf = authority.sign(Profile.client(user), pair.getPublic(), Instant.now(), RANDOM);
            Path ca = Files.writeString(directory.resolve("ca.crt"), Pem.encode(authority.chain()));
            Path cert = Files.writeString(directory.resolve(name + ".crt"), Pem.encode(List.of(leaf)));
            Path key = Files.writeString(directory.resolve(name + ".key"), Pem.encode(pair));
            Files.writeString(directory.resolve(name + ".kubeconfig"), KubeConfig.ofFiles("https://localhost:"
                    + server.getAddress().getPort(), ca, cert, key));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The identity of a user.
    static List<Identity> identity(String user) {
        return List.of(new Identity(user, List.of()));
    }

    /// Answers the next request with this body.
    ScriptedServer answer(String body) {
        answers.add(new Answer(200, body, false));
        return this;
    }

    /// Answers the next request with this body and keeps the response open.
    ScriptedServer hold(String body) {
        answers.add(new Answer(200, body, true));
        return this;
    }

    /// Answers the next request with an error.
    ScriptedServer refuse(int code, String reason) {
        answers.add(new Answer(code, "{\"kind\":\"Status\",\"code\":" + code + ",\"reason\":\"" + reason
                + "\",\"message\":\"no\"}", false));
        return this;
    }

    /// Answers the next request with an error, and a wish to be asked again.
    ScriptedServer refuse(int code, String reason, String retryAfter) {
        answers.add(new Answer(code, "{\"kind\":\"Status\",\"code\":" + code + ",\"reason\":\"" + reason
                + "\",\"message\":\"no\"}", false, retryAfter));
        return this;
    }

    /// Closes the response that has been open longest.
    void cut() throws InterruptedException {
        HttpExchange exchange = open.poll(60, TimeUnit.SECONDS);
        if (exchange == null) {
            throw new AssertionError("nothing is open");
        }
        exchange.close();
    }

    /// The next recorded request; waits up to a minute.
    String request() throws InterruptedException {
        String next = requests.poll(60, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing was asked");
        }
        return next;
    }

    private void serve(HttpExchange exchange) throws IOException {
        String user = user(exchange);
        requests.add(user + " " + exchange.getRequestMethod() + " " + exchange.getRequestURI());
        try {
            Answer answer = forbidden.contains(user)
                    ? new Answer(403, "{\"kind\":\"Status\",\"reason\":\"Forbidden\",\"message\":\"no\"}", false)
                    : answers.take();
            if (!answer.retryAfter().isEmpty()) {
                exchange.getResponseHeaders().set("Retry-After", answer.retryAfter());
            }
            exchange.sendResponseHeaders(answer.code(), 0);
            exchange.getResponseBody().write(answer.body().getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            if (answer.hold()) {
                open.add(exchange);
            } else {
                exchange.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String user(HttpExchange exchange) throws IOException {
        var session = ((com.sun.net.httpserver.HttpsExchange) exchange).getSSLSession();
        return session.getPeerPrincipal().getName().substring("CN=".length());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

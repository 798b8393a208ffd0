package io.k3j.supervisor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.k3j.datastoreapi.Datastore;
import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.nodetunnels.NodeTunnels;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.ServerIdentity;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Serves the supervisor endpoint of a test server over TLS; without a datastore from its disk.
final class Served implements AutoCloseable {
    private final SupervisorEndpoint endpoint;
    private final HttpsServer https;
    private volatile String members = "";

    private Served(SupervisorEndpoint endpoint, HttpsServer https) {
        this.endpoint = endpoint;
        this.https = https;
    }

    static Served of(TestServer server, Credentials credentials, @Nullable Datastore store) throws Exception {
        SupervisorHandlers handlers = new SupervisorHandlers(server.layout, server.settings(), server.own(),
                new NodeSecrets(TestServer.RANDOM),
                () -> store);
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        https.setHttpsConfigurator(new HttpsConfigurator(tls(new ServerIdentity(server.layout, server.settings(),
                credentials.authorities(), InstantSource.system(), TestServer.RANDOM))));
        Served served = new Served(handlers.endpoint(credentials, new NodeTunnels(TestServer.RANDOM, 1 << 30)), https);
        https.createContext("/", served::serve);
        https.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        https.start();
        return served;
    }

    private static SSLContext tls(ServerIdentity identity) throws Exception {
        ListenerIdentity.Certified certified = identity.certified(Optional.empty());
        KeyStore keys = KeyStore.getInstance("JKS");
        keys.load(null, null);
        keys.setKeyEntry("server", certified.key(), new char[0], certified.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private void serve(HttpExchange exchange) throws IOException {
        FakeExchange request = new FakeExchange(exchange.getRequestMethod(), exchange.getRequestURI().getPath());
        exchange.getRequestHeaders().forEach((name, values) -> request.with(name, values.getFirst()));
        if (request.path().equals("/db/info") && !members.isEmpty()) {
            request.respond(200, Map.of(), members.getBytes());
        } else {
            endpoint.serve(request);
        }
        exchange.sendResponseHeaders(request.status(), 0);
        exchange.getResponseBody().write(request.answer().getBytes());
        exchange.close();
    }

    String address() {
        return "https://127.0.0.1:" + https.getAddress().getPort();
    }

    /// Sets the answer of `/db/info`.
    void members(String json) {
        members = json;
    }

    /// Answers every path with 404 from now on.
    void empty() {
        https.removeContext("/");
        https.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
    }

    @Override
    public void close() {
        https.stop(0);
    }
}

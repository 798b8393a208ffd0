package io.k3j.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/// Somebody else's API server: serves `things.example.com/v1` and external metrics to front proxies of an authority and
/// to nobody else, as those do that are built with upstream's library.
final class ExtensionServer implements AutoCloseable {
    private static final String GROUP = "/apis/things.example.com/v1";
    private static final String RESOURCES = """
            {"kind":"APIResourceList","apiVersion":"v1","groupVersion":"things.example.com/v1","resources":[
            {"name":"things","singularName":"thing","namespaced":true,"kind":"Thing","verbs":["deletecollection","delete","get","list"]}]}""";
    private static final String METRICS = "/apis/external.metrics.k8s.io/v1beta1";
    private static final String NO_METRICS = """
            {"kind":"APIResourceList","apiVersion":"v1","groupVersion":"external.metrics.k8s.io/v1beta1",\
            "resources":[]}""";
    private static final String QUEUE = """
            {"kind":"ExternalMetricValueList","apiVersion":"external.metrics.k8s.io/v1beta1","metadata":{},"items":[
            {"metricName":"queue","metricLabels":{},"timestamp":"2026-01-01T00:00:00Z","value":"15"}]}""";
    private static final String THING = """
            {"kind":"Thing","apiVersion":"things.example.com/v1",\
            "metadata":{"name":"one","namespace":"default","uid":"1"},"color":"red"}""";
    /// Who asked for things: the front proxy and its user, with groups.
    final Queue<String> asked = new ConcurrentLinkedQueue<>();
    /// Who asked for the metric, and for which.
    final Queue<String> measured = new ConcurrentLinkedQueue<>();
    /// Who deleted all things of which namespace.
    final Queue<String> deleted = new ConcurrentLinkedQueue<>();
    private final CertificateAuthority authority;
    private final HttpsServer server;

    /// @param address where it listens
    /// @param proxies the authority of front proxies, PEM
    ExtensionServer(InetAddress address, String proxies) throws Exception {
        SecureRandom random = new SecureRandom();
        authority = CertificateAuthority.selfSigned("things", Keys.elliptic(), Instant.now(), random);
        server = HttpsServer.create(new InetSocketAddress(address, 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(random, proxies)) {
            @Override
            public void configure(HttpsParameters connection) {
                SSLParameters tls = getSSLContext().getDefaultSSLParameters();
                tls.setNeedClientAuth(true);
                connection.setSSLParameters(tls);
            }
        });
        server.createContext("/", this::serve);
        server.start();
    }

    private SSLContext context(SecureRandom random, String proxies) throws Exception {
        KeyPair pair = Keys.elliptic();
        X509Certificate leaf = authority.sign(Profile.server("things", List.of("things.default.svc"), List.of()),
                pair.getPublic(), Instant.now(), random);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("things", pair.getPrivate(), new char[0],
                new X509Certificate[] {leaf, authority.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, new char[0]);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("proxies", CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(proxies.getBytes(StandardCharsets.UTF_8))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), random);
        return context;
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals(GROUP)) {
            answer(exchange, 200, RESOURCES);
        } else if (path.equals(METRICS)) {
            answer(exchange, 200, NO_METRICS);
        } else if (path.equals(METRICS + "/namespaces/default/queue")) {
            measured.add(exchange.getRequestHeaders().getFirst("X-Remote-User") + " "
                    + exchange.getRequestURI().getQuery());
            answer(exchange, 200, QUEUE);
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            deleted.add(exchange.getRequestHeaders().getFirst("X-Remote-User") + " " + path);
            answer(exchange, 200, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Success\"}");
        } else if (path.startsWith(GROUP)) {
            asked.add(((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName() + " for "
                    + exchange.getRequestHeaders().getFirst("X-Remote-User") + " of "
                    + exchange.getRequestHeaders().get("X-Remote-Group"));
            answer(exchange, 200, path.endsWith("/things") ? "{\"kind\":\"ThingList\",\"apiVersion\":"
                    + "\"things.example.com/v1\",\"metadata\":{},\"items\":[" + things(path) + "]}" : THING);
        } else {
            answer(exchange, 404, "{}");
        }
    }

    private String things(String path) {
        return deleted.stream().anyMatch(who -> who.endsWith(" " + path)) ? "" : THING;
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /// For `caBundle`.
    String caBundle() {
        return Base64.getEncoder().encodeToString(
                Pem.encode(List.of(authority.certificate())).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

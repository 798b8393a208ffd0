package io.k3j.externaldatastore;

import io.k3j.pki.Pem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A server's ConfigMaps, as its administrator sees them.
final class Api implements AutoCloseable {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final char[] PASSWORD = "any".toCharArray();
    private final HttpClient client;
    private final String server;
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    /// `directory` is what the server was started with.
    Api(Path directory) throws IOException {
        Path tls = directory.resolve("data/server/tls");
        server = Files.readAllLines(directory.resolve("k3s.yaml")).stream().filter(line -> line.contains("server: "))
                .findFirst().orElseThrow().replace("server: ", "").strip();
        try {
            client = HttpClient.newBuilder().sslContext(context(tls)).build();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static SSLContext context(Path tls) throws IOException, GeneralSecurityException {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, PASSWORD);
        own.setKeyEntry("own", Pem.keys(Files.readString(tls.resolve("client-admin.key"))).getFirst().secret(),
                PASSWORD,
                certificates(tls.resolve("client-admin.crt")).toArray(X509Certificate[]::new));
        for (X509Certificate authority : certificates(tls.resolve("server-ca.crt"))) {
            own.setCertificateEntry("authority-" + authority.getSerialNumber(), authority);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(own);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        return Pem.certificates(Files.readString(file));
    }

    /// Lists them; `query` begins with a question mark or is empty.
    HttpResponse<String> list(String query) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(server + MAPS + query)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /// Makes one.
    HttpResponse<String> create(String name) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(server + MAPS)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\","
                        + "\"metadata\":{\"name\":\"" + name + "\"}}"))
                .build(), HttpResponse.BodyHandlers.ofString());
    }

    /// Watches them from now on.
    void watch() throws IOException, InterruptedException {
        watch("?watch=true");
    }

    /// Watches them as `query` says.
    void watch(String query) throws IOException, InterruptedException {
        HttpResponse<Stream<String>> answer = client.send(
                HttpRequest.newBuilder(URI.create(server + MAPS + query)).build(),
                HttpResponse.BodyHandlers.ofLines());
        if (answer.statusCode() != 200) {
            throw new IOException("watch: " + answer.statusCode());
        }
        Thread.ofVirtual().start(() -> {
            try {
                answer.body().forEach(lines::add);
            } finally {
                ended = true;
            }
        });
    }

    /// Whether the watch has told of one.
    boolean told(String name) {
        return lines.stream().anyMatch(line -> line.contains("\"name\":\"" + name + "\""));
    }

    /// What the watch has told, a line each.
    List<String> lines() {
        return List.copyOf(lines);
    }

    /// Whether the watch has been ended.
    boolean ended() {
        return ended;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}

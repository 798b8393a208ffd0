package io.k3j.testkitmachine;

import io.k3j.pki.Pem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Requests to a machine's API server from outside.
public final class Api implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final HttpClient client;
    private final String base;

    private Api(HttpClient client, String base) {
        this.client = client;
        this.base = base;
    }

    /// As the admin of its kubeconfig, by client certificate.
    public static Api of(Machine machine) throws IOException {
        return of(machine, true);
    }

    /// As nobody: requests bring a token of their own.
    public static Api anonymous(Machine machine) throws IOException {
        return of(machine, false);
    }

    /// Of a server that asks for no credentials.
    public static Api to(String address) {
        return new Api(HttpClient.newBuilder().connectTimeout(LIMIT).build(), address);
    }

    private static Api of(Machine machine, boolean admin) throws IOException {
        String config = Files.readString(machine.dir().resolve("etc/rancher/k3s/k3s.yaml"));
        try {
            HttpClient client = HttpClient.newBuilder().sslContext(context(config, admin)).connectTimeout(LIMIT)
                    .build();
            return new Api(client, "https://" + machine.address() + ":6443");
        } catch (GeneralSecurityException e) {
            throw new IOException("kubeconfig cannot be used", e);
        }
    }

    /// The client, for requests of other forms; HTTP/2 whenever the server offers it.
    public HttpClient client() {
        return client;
    }

    /// The address of a path.
    public URI at(String path) {
        return URI.create(base + path);
    }

    /// Sends a body.
    public HttpResponse<String> send(String method, String path, String type, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path)).timeout(LIMIT)
                .header("Content-Type", type).method(method, HttpRequest.BodyPublishers.ofByteArray(body)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /// Gets what is there in a form.
    public HttpResponse<String> get(String path, String accept) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path)).timeout(LIMIT)
                .header("Accept", accept).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static SSLContext context(String config, boolean admin) throws IOException, GeneralSecurityException {
        KeyStore trusted = empty();
        trusted.setCertificateEntry("ca", certificates(config, "certificate-authority-data").getFirst());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyStore own = empty();
        if (admin) {
            own.setKeyEntry("admin", Pem.keys(data(config, "client-key-data")).getFirst().secret(), new char[0],
                    certificates(config, "client-certificate-data").toArray(X509Certificate[]::new));
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<X509Certificate> certificates(String config, String name)
            throws IOException, GeneralSecurityException {
        return Pem.certificates(data(config, name));
    }

    private static String data(String config, String name) {
        String line = config.lines().map(String::strip).filter(l -> l.startsWith(name + ": ")).findFirst()
                .orElseThrow(() -> new AssertionError("kubeconfig without " + name));
        return new String(Base64.getDecoder().decode(line.substring(name.length() + 2)), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
